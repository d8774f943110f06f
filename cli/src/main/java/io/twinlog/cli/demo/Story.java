package io.twinlog.cli.demo;

import io.twinlog.cli.servers.SandboxServers;
import io.twinlog.cli.terminal.Figure;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the demonstration shows, chapter by chapter. One thread; every wait has a limit. */
final class Story implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TRANSACTIONS_PER_SECOND = 300;
    private static final Duration LIVE = Duration.ofSeconds(5);
    private static final int CONFLICTING_ACCOUNT = 4711;
    private static final Pattern CONFLICT_ID = Pattern.compile("^(\\d+-\\d+-\\d+) ", Pattern.MULTILINE);

    private final Narrator narrator;
    private final Demo.Commands commands;
    private final SandboxServers servers;
    private final Path directory;
    private final Path file;
    private final boolean keep;
    private @Nullable ReplicationProcess replication;
    private @Nullable Workload workload;
    private @Nullable LatencyProbe probe;
    private long nextTransfer = 1;

    Story(Narrator narrator, Demo.Commands commands, SandboxServers servers, Path directory, boolean keep) {
        this.narrator = narrator;
        this.commands = commands;
        this.servers = servers;
        this.directory = directory;
        this.file = directory.resolve("twinlog.yaml");
        this.keep = keep;
    }

    void tell() throws Exception {
        narrator.title(
                "Twinlog: PostgreSQL -> Kafka -> PostgreSQL, exactly once. All servers are temporary and local.");
        startServers();
        openShop();
        initialSync();
        liveChanges();
        kill();
        conflict();
        whereNext();
        if (keep) {
            narrator.say("Everything keeps running (--keep). Ctrl-C ends it and removes all.");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private void startServers() throws InterruptedException {
        narrator.chapter("Servers");
        servers.await();
        servers.createDatabase(Shop.DATABASE);
        narrator.say("source  " + servers.source().jdbcUrl(Shop.DATABASE) + "  (user postgres)");
        narrator.say("target  " + servers.target().jdbcUrl(Shop.DATABASE) + "  (user postgres)");
        narrator.say("kafka   " + servers.kafka().bootstrapServers());
    }

    private void openShop() throws SQLException, IOException {
        narrator.chapter("A shop");
        source().createTables();
        source().fill();
        target().createTables();
        narrator.say("At the source: " + Figure.count(Shop.ACCOUNTS) + " accounts with 100.00 each, "
                + Figure.count(new BigDecimal(source().money()).longValue())
                + " in all, and no transfer yet. At the target: the same tables, empty.");
        Files.writeString(file, servers.configuration("shop", Shop.DATABASE));
        narrator.say("The whole configuration:");
        narrator.quote(Files.readString(file));
    }

    private void initialSync() throws Exception {
        narrator.chapter("Initial sync");
        startReplication();
        long begin = System.nanoTime();
        await("the first row at the target", () -> target().rows("account") > 0);
        double first = narrator.elapsedSeconds();
        await("all rows at the target", () -> target().rows("account") == Shop.ACCOUNTS);
        double seconds = (System.nanoTime() - begin) / 1e9;
        pause(Duration.ofMillis(500));
        tell(replication);
        narrator.say(String.format(
                Locale.ROOT,
                "First replicated row %.1f s after the demo began; all %,d rows %.1f s after the process was started.",
                first,
                Shop.ACCOUNTS,
                seconds));
        compare();
    }

    private void liveChanges() throws Exception {
        narrator.chapter("Live changes");
        narrator.say("Two clients transfer money at the source, " + TRANSACTIONS_PER_SECOND + " transactions/s, for "
                + LIVE.toSeconds() + " s: two updates and an insert each.");
        warmUp();
        LatencyProbe watching = watch();
        Workload running = startWorkload();
        pause(LIVE);
        stopWorkload(running);
        await("the last transfer at the target", () -> target().rows("transfer") == source().rows("transfer"));
        pause(Duration.ofMillis(50));
        long[] latencies = watching.stop(running.commitNanos());
        narrator.say(
                Figure.count(latencies.length) + " transactions. From commit at the source to sight at the target: p50 "
                        + Figure.milliseconds(LatencyProbe.percentile(latencies, 0.5)) + ", p99 "
                        + Figure.milliseconds(LatencyProbe.percentile(latencies, 0.99)) + ", max "
                        + Figure.milliseconds(latencies[latencies.length - 1]) + ".");
        narrator.say(
                "All accounts of the target were added up " + watching.sums() + " times meanwhile; the sum was wrong "
                        + watching.wrongSums() + " times: the target shows whole transactions only.");
        if (watching.wrongSums() > 0) {
            throw new TwinlogException(Category.BUG, "The target showed part of a transaction");
        }
    }

    private void kill() throws Exception {
        narrator.chapter("kill -9");
        LatencyProbe watching = watch();
        Workload running = startWorkload();
        pause(Duration.ofSeconds(1));
        ReplicationProcess victim = running();
        long committed = running.committed();
        victim.kill();
        narrator.command("kill -9 " + victim.pid());
        narrator.say("The replication died after " + Figure.count(committed)
                + " transfers; the shop goes on without it ...");
        pause(Duration.ofSeconds(2));
        narrator.say("... and is " + Figure.count(source().rows("transfer") - target().rows("transfer"))
                + " transfers ahead of its twin. Started again:");
        startReplication();
        await("work after the restart", () -> target().rows("transfer") > source().rows("transfer") - 100);
        pause(Duration.ofSeconds(1));
        stopWorkload(running);
        barrier();
        watching.stop(running.commitNanos());
        tell(replication);
        compare();
        narrator.say("Nothing was lost and nothing doubled. The target's sum was taken " + watching.sums()
                + " times meanwhile and was wrong " + watching.wrongSums() + " times.");
    }

    private void conflict() throws Exception {
        narrator.chapter("A conflict");
        String account = "account " + CONFLICTING_ACCOUNT;
        narrator.say("Somebody changes " + account + " at the target, behind the replication's back:");
        change(target(), "UPDATE account SET balance = 1000000 WHERE id = " + CONFLICTING_ACCOUNT, "target");
        narrator.say("Then the source changes the same account, and another one:");
        change(source(), "UPDATE account SET balance = balance + 5 WHERE id = " + CONFLICTING_ACCOUNT, "source");
        change(source(), "UPDATE account SET balance = balance + 1 WHERE id = " + (CONFLICTING_ACCOUNT + 1), "source");
        barrier();
        String list = command("conflicts", "list");
        Matcher id = CONFLICT_ID.matcher(list);
        if (!id.find()) {
            throw new TwinlogException(Category.BUG, "The conflict was not published");
        }
        command("conflicts", "show", id.group(1));
        String query = "SELECT balance FROM account WHERE id = ";
        narrator.say("The million is still there (" + target().value(query + CONFLICTING_ACCOUNT)
                + "): nothing was overwritten in silence. The other account went on: "
                + source().value(query + (CONFLICTING_ACCOUNT + 1)) + " at the source, "
                + target().value(query + (CONFLICTING_ACCOUNT + 1)) + " at the target.");
        narrator.say("Its key is held until somebody decides; later changes of it wait behind. First see, then do it:");
        command("conflicts", "replay", id.group(1), "--policy", "overwrite", "--dry-run");
        command("conflicts", "replay", id.group(1), "--policy", "overwrite");
        compare();
    }

    private void whereNext() {
        narrator.chapter("Where to look next");
        command("status");
        narrator.say(
                "twinlog sandbox --dir DIR   the same servers, empty, for trying out; writes a configuration file");
        narrator.say("twinlog --help              all commands");
        narrator.say("docs/operations.md          running it, states, exit codes, what to do when it stops");
        narrator.say("docs/conflicts.md           conflicts: kinds, policies, replay, how to avoid them");
        narrator.say("docs/configuration.md       every key of the configuration file");
        narrator.say("docs/xlog-format.md         the events on Kafka");
        narrator.say(String.format(Locale.ROOT, "%nThe demo took %.0f s.", narrator.elapsedSeconds()));
    }

    private void startReplication() {
        narrator.command("twinlog run -f " + file);
        if (replication != null) {
            replication.close();
        }
        replication = ReplicationProcess.start(directory, file, narrator);
    }

    /** The first transactions meet cold code on both sides; they are not what one waits for later. */
    private void warmUp() throws Exception {
        Workload running = startWorkload();
        pause(Duration.ofSeconds(3));
        stopWorkload(running);
        await("the warm-up at the target", () -> target().rows("transfer") == source().rows("transfer"));
        narrator.say("(" + Figure.count(running.committed()) + " transactions before that warmed up both sides.)");
    }

    private LatencyProbe watch() throws SQLException {
        LatencyProbe watching = new LatencyProbe(target(), nextTransfer, new BigDecimal(source().money()));
        probe = watching;
        watching.start();
        return watching;
    }

    private Workload startWorkload() {
        Workload running = Workload.start(source(), TRANSACTIONS_PER_SECOND, nextTransfer);
        workload = running;
        return running;
    }

    private void stopWorkload(Workload running) throws SQLException, InterruptedException {
        running.stop();
        nextTransfer = running.nextTransfer();
    }

    private void compare() throws SQLException {
        for (String table : new String[] {"account", "transfer"}) {
            Shop.Content ours = source().content(table);
            Shop.Content theirs = target().content(table);
            boolean equal = ours.equals(theirs);
            narrator.say(String.format(
                    Locale.ROOT,
                    "%-8s  source %,d rows, target %,d rows, content %s",
                    table,
                    ours.rows(),
                    theirs.rows(),
                    equal ? "equal" : "DIFFERENT"));
            if (!equal) {
                throw new TwinlogException(Category.BUG, "Table " + table + " differs between source and target");
            }
        }
    }

    private void change(Shop shop, String sql, String side) {
        narrator.command("psql " + side + ": " + sql);
        shop.server().execute(Shop.DATABASE, sql);
    }

    private void barrier() {
        command("wait");
    }

    /** Runs a command with our file, shows it and what it prints. */
    private String command(String... words) {
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "-f";
        all[words.length + 1] = file.toString();
        narrator.command("twinlog " + String.join(" ", all));
        String output = commands.run(all);
        narrator.quote(output);
        return output;
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private void await(String what, Condition condition) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            tell(replication);
            if (replication != null && !replication.isRunning()) {
                tell(replication);
                throw new TwinlogException(Category.BUG, "The replication ended while waiting for " + what);
            }
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new TwinlogException(Category.BUG, "Waited " + LIMIT.toSeconds() + " s in vain for " + what);
            }
            Thread.sleep(20);
        }
    }

    private void pause(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    private static void tell(@Nullable ReplicationProcess process) {
        if (process != null) {
            process.tell();
        }
    }

    private ReplicationProcess running() {
        if (replication == null) {
            throw new IllegalStateException("The replication was not started");
        }
        return replication;
    }

    private Shop source() {
        return new Shop(servers.source());
    }

    private Shop target() {
        return new Shop(servers.target());
    }

    @Override
    public void close() {
        if (workload != null) {
            workload.close();
        }
        if (probe != null) {
            probe.close();
        }
        if (replication != null) {
            replication.close();
        }
    }
}
