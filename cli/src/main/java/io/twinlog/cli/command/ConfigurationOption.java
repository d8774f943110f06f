package io.twinlog.cli.command;

import io.twinlog.cli.config.ConfigurationFile;
import io.twinlog.cli.config.TwinlogConfiguration;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code -f}. */
final class ConfigurationOption {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    // Not "required" for picocli, which would complain about that before it names a misspelt option.
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Configuration file (docs/configuration.md). Required.")
    private @Nullable Path file;

    /** Reads the file, which must have these sections. */
    TwinlogConfiguration read(ConfigurationFile.Side... needed) {
        if (file == null) {
            throw new ParameterException(
                    command.commandLine(),
                    "The option -f FILE is missing. `twinlog sandbox --dir DIR` writes a configuration file to start from;"
                            + " docs/configuration.md lists every key.");
        }
        return new ConfigurationFile(file, System::getenv).read(Set.of(needed));
    }
}
