package io.twinlog.capture.postgres.connection;

import java.io.IOException;
import java.net.Socket;

/**
 * Makes sockets whose receive buffer is small before they connect, so that a reader that pauses closes the window and the
 * kernel of the source merges the walsender's small messages into full segments. A buffer set after the connect would not
 * bound the window. pgjdbc creates it by name.
 */
public final class SmallWindowSocketFactory extends KeepAliveSocketFactory {

    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = super.createSocket();
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        return socket;
    }
}
