package io.twinlog.cli.command;

import io.twinlog.applier.replay.Selection;
import io.twinlog.cli.config.NearestName;
import io.twinlog.cli.config.TimeSpan;
import io.twinlog.schemas.conflict.ConflictKind;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which conflicts are meant. */
final class SelectionOptions {

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            description = "Conflicts of this table, schema.table or just its name; may be repeated.")
    private List<String> tables = List.of();

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            converter = KindConverter.class,
            description = "Conflicts of this kind, such as update_differs; may be repeated.")
    private List<ConflictKind> kinds = List.of();

    @Option(
            names = "--key",
            paramLabel = "COLUMN=VALUE",
            description = "Conflicts of the row with this key; repeat it for each column of a longer key.")
    private Map<String, String> key = new LinkedHashMap<>();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Conflicts found since then: 2026-01-31T12:00:00Z, or so long ago: 90s, 15m, 2h.")
    private @Nullable Instant since;

    boolean isEmpty() {
        return tables.isEmpty() && kinds.isEmpty() && key.isEmpty() && since == null;
    }

    Selection selection(List<String> ids) {
        return new Selection(ids, tables, kinds, new LinkedHashMap<>(key), since, null);
    }

    /** Kinds by their labels. */
    static final class KindConverter implements ITypeConverter<ConflictKind> {
        @Override
        public ConflictKind convert(String value) {
            try {
                return ConflictKind.parse(value);
            } catch (IllegalArgumentException e) {
                List<String> labels = Arrays.stream(ConflictKind.values())
                        .map(ConflictKind::label)
                        .toList();
                throw new TypeConversionException("'" + value + "' is no conflict kind"
                        + NearestName.of(value, labels)
                                .map(name -> "; do you mean " + name + "?")
                                .orElse("; kinds are " + String.join(", ", labels)));
            }
        }
    }

    /** An instant, or a time span before now. */
    static final class TimeConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            try {
                return value.contains("T")
                        ? Instant.parse(value)
                        : Clock.systemUTC().instant().minus(TimeSpan.parse(value));
            } catch (DateTimeException | IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + value + "' is neither a time such as 2026-01-31T12:00:00Z nor a time span such as 15m");
            }
        }
    }
}
