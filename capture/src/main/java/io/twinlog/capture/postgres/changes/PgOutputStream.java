package io.twinlog.capture.postgres.changes;

import io.twinlog.capture.postgres.connection.CopyStream;
import io.twinlog.capture.postgres.pgoutput.PgOutputDecoder;
import io.twinlog.capture.stream.ChangeStream;
import io.twinlog.capture.stream.TransactionWriter;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;

/** The stream of a walsender, decoded as it comes. Owned by the capturing thread. */
public final class PgOutputStream implements ChangeStream {

    private final CopyStream stream;
    private final TransactionWriter writer;
    private final PgOutputDecoder decoder;
    private long sourceEnd;
    private boolean hasty;

    public PgOutputStream(CopyStream stream, TransactionWriter writer, Relations relations) {
        this.stream = stream;
        this.writer = writer;
        this.decoder = new PgOutputDecoder(new RelationChanges(writer, relations));
    }

    @Override
    public boolean next(Runnable beforeWaiting) throws IOException, SQLException {
        return switch (stream.next(beforeWaiting)) {
            case LOG -> {
                decoder.decode(stream.buffer(), stream.offset(), stream.length(), stream.lsn());
                yield true;
            }
            case KEEPALIVE -> {
                sourceEnd = stream.walEnd();
                writer.reached(sourceEnd);
                hasty |= stream.replyRequested();
                yield false;
            }
            case IDLE -> false;
        };
    }

    @Override
    public long sourceEnd() {
        return sourceEnd;
    }

    @Override
    public boolean takeHaste() {
        boolean asked = hasty;
        hasty = false;
        return asked;
    }

    @Override
    public void confirm(long position) {
        stream.confirm(position);
    }

    /** The slot remembers. */
    @Override
    public void remember(Map<String, String> facts) {}

    @Override
    public long pauses() {
        return stream.pauses();
    }
}
