package io.twinlog.applier.fold;

import io.twinlog.schemas.event.RowImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row put together from images: values that an event left out because they did not change come from earlier ones. */
public final class NetRow {

    private final RowImage base;
    private final @Nullable RowImage @Nullable [] sources;

    private NetRow(RowImage base, @Nullable RowImage @Nullable [] sources) {
        this.base = base;
        this.sources = sources;
    }

    static NetRow of(RowImage image) {
        return new NetRow(image, null);
    }

    /**
     * The row after an event.
     *
     * @param unchanged names of columns that {@code after} leaves out
     * @param earlier where those come from: the row so far, or null if it is not known
     */
    static NetRow of(RowImage after, List<String> unchanged, @Nullable NetRow earlier) {
        if (unchanged.isEmpty()) {
            return new NetRow(after, null);
        }
        @Nullable RowImage[] sources = new RowImage[after.shape().columns().size()];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = after;
        }
        for (String column : unchanged) {
            int index = after.shape().indexOf(column);
            if (index >= 0) {
                sources[index] = earlier == null ? null : earlier.source(index);
            }
        }
        return new NetRow(after, sources);
    }

    /** The image that holds a column's value, or null if the value is not known: it is what it was. */
    public @Nullable RowImage source(int column) {
        return sources == null ? base : sources[column];
    }

    /** Whether every value is known. */
    public boolean isWhole() {
        if (sources != null) {
            for (RowImage source : sources) {
                if (source == null) {
                    return false;
                }
            }
        }
        return true;
    }
}
