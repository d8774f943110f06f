package io.twinlog.containers;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/** Skips a test class where no container engine answers, and says so. */
final class Engine implements ExecutionCondition {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final String NONE =
            "No container engine answers (DOCKER_HOST, or /var/run/docker.sock): start one, or leave -Pcontainers out";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (DockerClientFactory.instance().isDockerAvailable()) {
            return ConditionEvaluationResult.enabled("A container engine answers");
        }
        LOG.warn("Skipped: {}. {}", context.getDisplayName(), NONE);
        return ConditionEvaluationResult.disabled(NONE);
    }
}
