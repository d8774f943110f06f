package io.twinlog.cli.command;

import io.twinlog.applier.replay.ReplayOrder;
import io.twinlog.applier.replay.ReplayOutcome;
import io.twinlog.applier.replay.UnknownConflictException;
import io.twinlog.cli.config.ConfigurationFile.Side;
import io.twinlog.cli.config.NearestName;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Json;
import io.twinlog.schemas.conflict.ConflictPolicy;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code twinlog conflicts replay}. */
@Command(
        name = "replay",
        description = {
            "Decides again on conflicts: each event against the row that the target has now, and then on what waits behind it.",
            "Works while the replication runs and while it does not; doing it twice changes nothing.",
            "Exit code 0: all that was selected is settled; 1: some of it still waits."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  twinlog conflicts replay --all -f twinlog.yaml",
            "  twinlog conflicts replay 1-4711-3 --policy overwrite --dry-run -f twinlog.yaml",
            "  twinlog conflicts replay --table public.stock --policy overwrite -f twinlog.yaml",
            "  twinlog conflicts replay 1-4711-3 --set \"quantity=0\" --policy overwrite -f twinlog.yaml"
        })
final class ConflictsReplayCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "These conflicts, as `conflicts list` shows them.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "All open conflicts.")
    private boolean all;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SelectionOptions options;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            converter = PolicyConverter.class,
            description = "Decides on what is selected instead of the configured policy, such as overwrite or skip.")
    private @Nullable ConflictPolicy policy;

    @Option(
            names = "--set",
            paramLabel = "COLUMN=VALUE",
            description = "Another value for a column of the row that a single event writes.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--set-null", paramLabel = "COLUMN", description = "The same with NULL.")
    private List<String> setNull = List.of();

    @Option(names = "--reason", paramLabel = "REASON", description = "Why, for the record.")
    private String reason = "";

    @Option(names = "--dry-run", description = "Changes nothing; shows rows now, incoming, and as they would be.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON (docs/operations.md).")
    private boolean json;

    @Override
    public Integer call() {
        boolean some = !ids.isEmpty() || !options.isEmpty();
        if (all && some) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--all goes with no ID, --table, --kind, --key or --since: they say which ones");
        }
        if (!all && !some) {
            throw new ParameterException(
                    spec.commandLine(), "Say which conflicts: IDs, --table, --kind, --key, --since, or --all");
        }
        ReplayOrder order =
                new ReplayOrder(ReplayOrder.Action.REPLAY, policy, values(), dryRun, Conflicts.actor(), reason);
        TwinlogConfiguration configuration = file.read(Side.TARGET);
        PrintWriter err = spec.commandLine().getErr();
        List<ReplayOutcome> outcomes;
        try {
            outcomes = new Conflicts(configuration, err).replay().replay(options.selection(ids), order);
        } catch (UnknownConflictException e) {
            err.println("twinlog: " + e.getMessage());
            err.flush();
            return ExitCode.ERROR.number();
        }
        ReplayDocument document = ReplayDocument.of(dryRun, outcomes);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.of(document) + "\n" : document.text());
        out.flush();
        return (dryRun || document.settled() ? ExitCode.DONE : ExitCode.ERROR).number();
    }

    private Map<String, @Nullable String> values() {
        Map<String, @Nullable String> values = new LinkedHashMap<>(set);
        setNull.forEach(column -> values.put(column, null));
        return values;
    }

    /** Policies by their labels. */
    static final class PolicyConverter implements ITypeConverter<ConflictPolicy> {
        @Override
        public ConflictPolicy convert(String value) {
            try {
                return ConflictPolicy.parse(value);
            } catch (IllegalArgumentException e) {
                List<String> labels = Arrays.stream(ConflictPolicy.values())
                        .map(ConflictPolicy::label)
                        .toList();
                throw new TypeConversionException("'" + value + "' is no policy"
                        + NearestName.of(value, labels)
                                .map(name -> "; do you mean " + name + "?")
                                .orElse("; policies are " + String.join(", ", labels)));
            }
        }
    }
}
