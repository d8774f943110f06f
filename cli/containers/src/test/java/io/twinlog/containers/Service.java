package io.twinlog.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HealthCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * A container as compose/compose.yaml describes it: image, command, environment, files and health check are read from there. {@code
 * -Dtwinlog.image.<service>} names another image. What it prints goes to target/containers.
 */
final class Service implements AutoCloseable {

    static final Path COMPOSE = Path.of("..", "..", "compose").toAbsolutePath().normalize();

    private static final Pattern DEFAULTED = Pattern.compile("\\$\\{\\w+:-([^}]*)}");
    private static final Pattern SECONDS = Pattern.compile("(\\d+)s");
    private static final Duration START = Duration.ofMinutes(3);

    private final String name;
    private final Network network;
    private final GenericContainer<?> container;

    /** What a command printed, and how it ended. */
    record Answer(int exitCode, String text) {}

    /**
     * @param name what the others call it
     * @param service the section of compose.yaml
     */
    Service(String name, Map<String, Object> service, Network network) {
        this.name = name;
        this.network = network;
        String image = System.getProperty("twinlog.image." + name, (String) service.get("image"));
        if (service.containsKey("build")) {
            requireBuilt(image, (Map<?, ?>) service.get("build"));
        }
        container = new GenericContainer<>(DockerImageName.parse(image));
        container.withNetwork(network).withNetworkAliases(name).withLogConsumer(this::log);
        if (service.get("command") instanceof List<?> command) {
            container.withCommand(command.stream().map(String::valueOf).toArray(String[]::new));
        }
        if (service.get("environment") instanceof Map<?, ?> environment) {
            environment.forEach((key, value) -> container.withEnv(
                    (String) key, DEFAULTED.matcher((String) value).replaceAll("$1")));
        }
        if (service.get("volumes") instanceof List<?> volumes) {
            volumes.forEach(volume -> copy((String) volume));
        }
        if (service.get("ports") instanceof List<?> ports) {
            ports.forEach(port -> container.addExposedPort(Integer.valueOf(((String) port).split(":", -1)[1])));
        }
        healthCheck((Map<?, ?>) service.get("healthcheck"));
    }

    private static void requireBuilt(String image, Map<?, ?> build) {
        try {
            client().inspectImageCmd(image).exec();
        } catch (NotFoundException e) {
            throw new IllegalStateException(
                    "There is no image " + image + ". Build it at the top of the repository: docker build -f "
                            + build.get("dockerfile") + " -t " + image + " .",
                    e);
        }
    }

    private void copy(String volume) {
        String[] parts = volume.split(":", -1);
        if (parts[0].startsWith("./")) {
            container.withCopyFileToContainer(
                    MountableFile.forHostPath(COMPOSE.resolve(parts[0]).normalize()), parts[1]);
        }
    }

    private void healthCheck(Map<?, ?> described) {
        List<String> test =
                ((List<?>) described.get("test")).stream().map(String::valueOf).toList();
        HealthCheck check = new HealthCheck()
                .withTest(test)
                .withInterval(nanos(described.get("interval")))
                .withTimeout(nanos("15s"))
                .withRetries(60);
        container.withCreateContainerCmdModifier(command -> command.withHealthcheck(check));
        container.waitingFor(Wait.forHealthcheck().withStartupTimeout(START));
    }

    private static long nanos(Object text) {
        Matcher matcher = SECONDS.matcher((String) text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Not a number of seconds: " + text);
        }
        return TimeUnit.SECONDS.toNanos(Long.parseLong(matcher.group(1)));
    }

    private void log(OutputFrame frame) {
        try {
            Path file = Files.createDirectories(Path.of("target", "containers")).resolve(name + ".log");
            Files.writeString(file, frame.getUtf8String(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a file of the composition. */
    Service with(String path, String text) {
        container.withCopyToContainer(org.testcontainers.images.builder.Transferable.of(text), path);
        return this;
    }

    /** Starts it and waits until it is healthy. */
    Service start() {
        container.start();
        return this;
    }

    /** Runs a command inside. */
    Answer exec(String... command) {
        try {
            var result = container.execInContainer(command);
            return new Answer(result.getExitCode(), (result.getStdout() + result.getStderr()).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command inside that must succeed; what it printed. */
    String ask(String... command) {
        Answer answer = exec(command);
        if (answer.exitCode() != 0) {
            throw new IllegalStateException(name + ": " + String.join(" ", command) + ": " + answer);
        }
        return answer.text();
    }

    /** The address of its first port from outside. */
    String url() {
        return "http://" + container.getHost() + ":" + container.getFirstMappedPort();
    }

    /** Takes it off the network; it goes on running. */
    void disconnect() {
        client().disconnectFromNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(container.getContainerId())
                .withForce(true)
                .exec();
    }

    /** Brings it back under its name, at whatever address. */
    void connect() {
        client().connectToNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(container.getContainerId())
                .withContainerNetwork(new ContainerNetwork().withAliases(new ArrayList<>(List.of(name))))
                .exec();
    }

    /** Freezes all its processes. */
    void pause() {
        client().pauseContainerCmd(container.getContainerId()).exec();
    }

    void unpause() {
        client().unpauseContainerCmd(container.getContainerId()).exec();
    }

    /** Sends SIGTERM; the exit code, or 137 if it did not end within a minute. */
    long terminate() {
        client().stopContainerCmd(container.getContainerId()).withTimeout(60).exec();
        InspectContainerResponse.ContainerState state =
                client().inspectContainerCmd(container.getContainerId()).exec().getState();
        return state.getExitCodeLong();
    }

    /** Sends SIGKILL. */
    void kill() {
        client().killContainerCmd(container.getContainerId()).exec();
    }

    /** Starts again what has ended. */
    void startAgain() {
        client().startContainerCmd(container.getContainerId()).exec();
    }

    private static DockerClient client() {
        return org.testcontainers.DockerClientFactory.instance().client();
    }

    @Override
    public void close() {
        container.stop();
    }
}
