package io.twinlog.capture.row;

import io.twinlog.schemas.event.ExactText;
import io.twinlog.schemas.wire.AvroOutput;
import java.util.ArrayList;
import java.util.List;

/**
 * One encoded row image with what stands beside it in the envelope: values as exact text and names of columns that the log
 * left out. Reusable; not thread-safe.
 */
public final class RowBuffer {

    private final AvroOutput image = new AvroOutput(512);
    private final List<ExactText> texts = new ArrayList<>();
    private final List<String> unchanged = new ArrayList<>();

    public void reset() {
        image.reset();
        texts.clear();
        unchanged.clear();
    }

    public AvroOutput image() {
        return image;
    }

    public List<ExactText> texts() {
        return texts;
    }

    public List<String> unchanged() {
        return unchanged;
    }
}
