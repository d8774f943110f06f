/** The images and the composition as an operator meets them: through engine, shell, files and HTTP alone. */
package io.twinlog.containers;
