package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.database.DatabaseUrl;
import java.util.List;
import java.util.function.BiConsumer;

/** The section {@code source}. Immutable. */
public record SourceConfiguration(
        @Key(
                name = "url",
                text = "`jdbc:postgresql://HOST:PORT/DATABASE`, with any parameter of the PostgreSQL JDBC driver, or"
                        + " `jdbc:mariadb://HOST:PORT/` (also `jdbc:mysql:`), with parameters of MariaDB's.",
                presence = Presence.REQUIRED)
        DatabaseUrl url,

        @Key(
                name = "user",
                text = "Role that reads; docs/security.md lists its privileges.",
                presence = Presence.REQUIRED)
        String user,

        @Key(name = "password", text = "Its password; none if the server asks for none.", defaultValue = "")
        Secret password,

        @Key(
                name = "tables",
                text =
                        "What is replicated: `schema.table` (MariaDB: `database.table`) with `*` or `%` for any text. A leading"
                                + " `!` leaves tables out again.",
                defaultValue = "[\"public.*\"]")
        List<TablePattern> tables)
        implements Validated {

    public SourceConfiguration {
        tables = List.copyOf(tables);
    }

    /** The patterns as text. */
    public List<String> tablePatterns() {
        return tables.stream().map(TablePattern::text).toList();
    }

    @Override
    public void validate(BiConsumer<String, String> problems) {
        if (tables.stream().allMatch(TablePattern::excludes)) {
            problems.accept("tables", "names no table; add one without !, such as \"public.*\"");
        }
    }
}
