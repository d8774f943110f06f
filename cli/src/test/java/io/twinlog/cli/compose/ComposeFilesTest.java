package io.twinlog.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.cli.config.ConfigurationFile;
import io.twinlog.cli.config.ListenAddress;
import io.twinlog.cli.config.TwinlogConfiguration;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The files of compose/ name what exists, and agree with each other and with the documentation. */
class ComposeFilesTest {

    private static final Path TOP = Path.of("..");
    private static final Path COMPOSE = TOP.resolve("compose");
    private static final Pattern METRIC = Pattern.compile("\\btwinlog_[a-z_]+");

    private final Map<String, Object> file = map(yaml(COMPOSE.resolve("compose.yaml")));
    private final Map<String, Object> services = map(file.get("services"));

    @Test
    void every_image_is_pinned_and_every_service_says_whether_it_is_healthy() {
        services.forEach((name, service) -> {
            String image = (String) map(service).get("image");
            assertThat(image).as(name).matches("[a-z/-]+:v?\\d[\\w.-]*\\d");
            assertThat(map(service)).as(name).containsKey("healthcheck");
        });
        assertThat(services)
                .containsOnlyKeys(
                        "source",
                        "target",
                        "mariadb",
                        "kafka",
                        "registry",
                        "daemon",
                        "connect",
                        "prometheus",
                        "grafana");
    }

    @Test
    void what_is_mounted_built_and_waited_for_exists() {
        Set<String> volumes = map(file.get("volumes")).keySet();
        services.forEach((name, given) -> {
            Map<String, Object> service = map(given);
            for (String mount : list(service.get("volumes"))) {
                String from = mount.split(":", 2)[0];
                if (from.startsWith(".")) {
                    assertThat(COMPOSE.resolve(from)).as(name).exists();
                } else {
                    assertThat(volumes).as(name).contains(from);
                }
            }
            if (service.get("build") != null) {
                Map<String, Object> build = map(service.get("build"));
                Path context = COMPOSE.resolve(build.get("context").toString());
                assertThat(context.resolve(build.get("dockerfile").toString()))
                        .as(name)
                        .exists();
            }
            if (service.get("depends_on") != null) {
                assertThat(services)
                        .as(name)
                        .containsKeys(map(service.get("depends_on")).keySet().toArray(String[]::new));
            }
        });
    }

    @Test
    void images_of_ours_run_as_nobody_special_and_get_signals_themselves() throws IOException {
        for (String image : List.of("daemon", "connect")) {
            String dockerfile = Files.readString(COMPOSE.resolve(image).resolve("Dockerfile"));
            String last = dockerfile.substring(dockerfile.lastIndexOf("\nFROM "));
            assertThat(last)
                    .as(image)
                    .containsPattern("(?m)^USER (?!root)\\w+$")
                    .containsPattern("(?m)^ENTRYPOINT \\[");
            for (String line : dockerfile.lines().toList()) {
                Matcher copied =
                        Pattern.compile("^COPY (?:--chmod=\\d+ )?([^- ]\\S*) /").matcher(line);
                if (copied.find() && !copied.group(1).equals(".")) {
                    assertThat(TOP.resolve(copied.group(1))).as(line).exists();
                }
                Matcher base = Pattern.compile("^FROM (\\S+)").matcher(line);
                if (base.find()) {
                    assertThat(base.group(1)).as(line).matches("[a-z/-]+:\\d[\\w.-]*");
                }
            }
        }
    }

    @Test
    void no_source_is_left_out_of_what_the_images_are_built_from() throws IOException {
        List<PathMatcher> leftOut = Files.readAllLines(TOP.resolve(".dockerignore")).stream()
                .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .toList();
        for (String module : List.of("applier", "capture", "cli", "cli/sandbox", "connect-plugins", "schemas")) {
            try (Stream<Path> paths = Files.walk(TOP.resolve(module).resolve("src"))) {
                assertThat(paths.map(TOP::relativize))
                        .isNotEmpty()
                        .noneMatch(path -> leftOut.stream().anyMatch(pattern -> pattern.matches(path)));
            }
        }
    }

    @Test
    void the_daemon_starts_as_the_launcher_starts_it() throws IOException {
        String dockerfile = Files.readString(COMPOSE.resolve("daemon").resolve("Dockerfile"));
        Matcher launched =
                Pattern.compile("exec \"\\$java\" (.*?) \\$\\{").matcher(Files.readString(TOP.resolve("twinlog")));
        assertThat(launched.find()).isTrue();
        // Which compilers there are depends on the command; the image's stays.
        String options = launched.group(1).replace(" $compilers", "").replace(" ", "\", \"");
        assertThat(dockerfile).contains("ENTRYPOINT [\"java\", \"" + options + "\", \"-cp\"");
    }

    @Test
    void the_daemons_configuration_is_one_and_names_services() {
        Path shop = COMPOSE.resolve("daemon").resolve("shop.yaml");
        TwinlogConfiguration configuration = new ConfigurationFile(shop, name -> "secret").read(Set.of());

        assertThat(services)
                .containsKeys(hostOf(configuration.requiredSource().url().jdbc()));
        assertThat(services)
                .containsKeys(hostOf(configuration.requiredTarget().url().jdbc()));
        assertThat(services).containsKeys(hostOf("//" + configuration.kafka().servers()));
        assertThat(services).containsKeys(hostOf(configuration.schemas().registry()));
        ListenAddress listen = configuration.metrics().listen();
        assertThat(listen).isNotNull();
        assertThat(text(COMPOSE.resolve("prometheus").resolve("prometheus.yml")))
                .contains("daemon:" + listen.port());
        assertThat(map(map(services.get("daemon")).get("healthcheck"))
                        .get("test")
                        .toString())
                .contains(Integer.toString(listen.port()));
        assertThat(list(map(services.get("daemon")).get("ports"))).containsExactly(listen.port() + ":" + listen.port());
    }

    @Test
    void the_page_names_every_port_and_every_command_names_a_service() {
        String page = text(COMPOSE.resolve("README.md"));
        services.forEach((name, service) -> {
            for (String port : list(map(service).get("ports"))) {
                assertThat(page).as(name).contains("localhost:" + port.split(":", 2)[0]);
            }
        });
        Matcher command = Pattern.compile("compose\\.yaml (?:exec|run --rm|pause|unpause) (\\w+)")
                .matcher(page);
        while (command.find()) {
            assertThat(services).containsKey(command.group(1));
        }
        Matcher sent = Pattern.compile("-d @(\\S+)").matcher(page);
        int files = 0;
        for (; sent.find(); files++) {
            assertThat(TOP.resolve(sent.group(1))).exists();
        }
        assertThat(files).isEqualTo(2);
    }

    @Test
    void dashboard_and_rules_use_metrics_that_the_documentation_names() throws IOException {
        String page = text(TOP.resolve("docs").resolve("monitoring.md"));
        Set<String> known = metrics(page.substring(0, page.indexOf("## What to be woken for")));
        // A table's row names the endings beside the first name.
        for (String ending : List.of("sum", "max", "count")) {
            known.add("twinlog_apply_batch_events_" + ending);
            known.add("twinlog_apply_latency_seconds_" + ending);
        }
        JsonNode dashboard = new ObjectMapper()
                .readTree(COMPOSE.resolve("grafana/dashboards/twinlog.json").toFile());
        List<String> expressions = new ArrayList<>();
        dashboard.findValues("expr").forEach(expression -> expressions.add(expression.asText()));
        dashboard.findValues("query").forEach(query -> expressions.add(query.asText()));
        assertThat(expressions).hasSizeGreaterThan(15);
        assertThat(known).containsAll(metrics(String.join("\n", expressions)));

        Map<String, Object> rules = map(yaml(COMPOSE.resolve("prometheus").resolve("twinlog-rules.yml")));
        assertThat(known).containsAll(metrics(rules.toString()));
        assertThat(page)
                .contains(text(COMPOSE.resolve("prometheus").resolve("twinlog-rules.yml"))
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .collect(Collectors.joining("\n")));
        assertThat(text(COMPOSE.resolve("prometheus").resolve("prometheus.yml")))
                .contains("twinlog-rules.yml");
    }

    private static Set<String> metrics(String text) {
        Set<String> found = new TreeSet<>();
        Matcher metric = METRIC.matcher(text);
        while (metric.find()) {
            found.add(metric.group());
        }
        return found;
    }

    private static String hostOf(String url) {
        Matcher host = Pattern.compile("//([\\w-]+)").matcher(url);
        assertThat(host.find()).as(url).isTrue();
        return host.group(1);
    }

    private static Object yaml(Path path) {
        return new Yaml().load(text(path));
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<String, Object> map(Object node) {
        assertThat(node).isInstanceOf(Map.class);
        Map<String, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) node).forEach((key, value) -> map.put(key.toString(), value));
        return map;
    }

    private static List<String> list(Object node) {
        return node == null
                ? List.of()
                : ((List<?>) node).stream().map(Object::toString).toList();
    }
}
