package io.twinlog.capture.publish;

import io.twinlog.schemas.Lsn;
import org.jspecify.annotations.Nullable;

/** Order of source positions given as text. Stateless. */
final class Positions {

    private Positions() {}

    static @Nullable String later(@Nullable String a, @Nullable String b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return Long.compareUnsigned(Lsn.parse(a), Lsn.parse(b)) >= 0 ? a : b;
    }
}
