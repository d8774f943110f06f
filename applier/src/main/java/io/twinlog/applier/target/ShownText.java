package io.twinlog.applier.target;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Values as conflict records show them: the exact text, or in place of a long one {@code sha256 <hex>, <n> bytes} of that text in UTF-8. So records
 * stay small, and equal values still look equal. Stateless.
 */
public final class ShownText {

    /** Longer ones are told by their hash. */
    public static final int LONGEST_BYTES = 10_000;

    private ShownText() {}

    static @Nullable String of(@Nullable String text) {
        if (text == null || text.length() <= LONGEST_BYTES / 3) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST_BYTES ? text : digest(bytes);
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return "sha256 " + HexFormat.of().formatHex(hash) + ", " + bytes.length + " bytes";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
