package io.twinlog.cli.config;

import java.util.function.BiConsumer;

/** A section whose keys depend on each other. */
interface Validated {

    /** Reports what is wrong, as key within the section and message; called when each key on its own is right. */
    void validate(BiConsumer<String, String> problems);
}
