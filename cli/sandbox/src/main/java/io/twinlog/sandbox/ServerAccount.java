package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Under whose name PostgreSQL runs. It refuses to run as root; so root starts it in a user namespace, where the same user
 * counts as nobody, and where namespaces are forbidden (in many containers) under the account {@code nobody}.
 */
final class ServerAccount {
    private static final Path PUBLIC_CACHE = Path.of("/var/cache/twinlog");

    private final List<String> prefix;
    private final @Nullable String owner;

    private ServerAccount(List<String> prefix, @Nullable String owner) {
        this.prefix = prefix;
        this.owner = owner;
    }

    static ServerAccount find() {
        if (new UnixSystem().getUid() != 0) {
            return new ServerAccount(List.of(), null);
        }
        return userNamespace()
                .or(ServerAccount::nobody)
                .orElseThrow(() -> new SandboxException(
                        "PostgreSQL does not run as root, and neither `unshare -U` nor `setpriv --reuid=nobody` works here."
                                + " Run this as a normal user, or allow user namespaces to the container."));
    }

    static Optional<ServerAccount> userNamespace() {
        return new ServerAccount(List.of("unshare", "-U"), null).ifItWorks();
    }

    static Optional<ServerAccount> nobody() {
        Optional<String> user = answer(List.of("id", "-u", "nobody"));
        Optional<String> group = answer(List.of("id", "-g", "nobody"));
        if (user.isEmpty() || group.isEmpty()) {
            return Optional.empty();
        }
        List<String> setpriv =
                List.of("setpriv", "--reuid=" + user.get(), "--regid=" + group.get(), "--clear-groups", "--");
        return new ServerAccount(setpriv, user.get() + ":" + group.get()).ifItWorks();
    }

    List<String> command(List<String> words) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(words);
        return all;
    }

    /** Where the programs are unpacked when this account cannot enter our own cache. */
    Optional<ProgramCache> publicCache() {
        return owner == null ? Optional.empty() : Optional.of(new ProgramCache(PUBLIC_CACHE));
    }

    /** Gives a directory to the account, if it is another one than ours, and makes sure that the account can enter it. */
    void own(Path directory) {
        if (owner == null) {
            return;
        }
        if (answer(List.of("chown", "-R", owner, directory.toString())).isEmpty()
                || answer(command(List.of("test", "-w", directory.toString()))).isEmpty()) {
            throw new SandboxException("The account nobody, under which PostgreSQL runs, cannot enter this directory: "
                    + directory + ". Choose one whose parents everybody may enter, or run this as a normal user.");
        }
    }

    private Optional<ServerAccount> ifItWorks() {
        return answer(command(List.of("id", "-u")))
                .filter(user -> !user.equals("0"))
                .map(user -> this);
    }

    /** What a command prints, or nothing when it cannot be started or fails. */
    private static Optional<String> answer(List<String> words) {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return process.exitValue() == 0 ? Optional.of(output.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw Interrupted.while_("asking " + words.get(0));
        }
    }
}
