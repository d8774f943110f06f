package io.twinlog.cli.support;

import io.twinlog.cli.command.TwinlogCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** Commands of the command line in this JVM; remembers everything that was printed. */
public final class Cli {

    private final StringBuilder everything = new StringBuilder();

    /** What a command did. */
    public record Result(int exitCode, String out, String err) {
        public String all() {
            return out + err;
        }
    }

    public Result run(Object... arguments) {
        List<String> words = new ArrayList<>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = TwinlogCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words.toArray(String[]::new));
        everything.append(out).append(err);
        return new Result(code, out.toString(), err.toString());
    }

    /** All that was printed so far. */
    public String everything() {
        return everything.toString();
    }
}
