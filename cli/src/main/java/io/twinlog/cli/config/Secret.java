package io.twinlog.cli.config;

/**
 * A text that is never shown: its own text form is three asterisks. Immutable.
 *
 * @param reveal the text itself, for the one who must send it
 */
public record Secret(String reveal) {

    @Override
    public String toString() {
        return "***";
    }
}
