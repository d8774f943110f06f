package io.twinlog.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A line to a server on the loopback address that tests cut, freeze and heal: a forwarder of bytes on a port of its own.
 *
 * <p>A cut line resets its connections and refuses new ones, as a dead machine's neighbour would; a frozen line keeps its
 * connections open and carries nothing, as a network does that drops packets. Three daemon threads serve a connection:
 * one makes it, and one each carries the bytes up and down.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final int port;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Gate up = new Gate();
    private final Gate down = new Gate();
    private @Nullable Listener listener;

    private TcpProxy(int port, InetSocketAddress target) {
        this.port = port;
        this.target = target;
    }

    /** A line on a free port to this port of the loopback address. */
    public static TcpProxy to(int targetPort) {
        return between(FreePort.find(), targetPort);
    }

    /** A line on a given port, for servers that must know beforehand where their clients come. */
    public static TcpProxy between(int port, int targetPort) {
        TcpProxy proxy = new TcpProxy(port, new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
        proxy.heal();
        return proxy;
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    /** Resets all connections and refuses new ones; the port is free for {@link #heal} when this returns. */
    public void cut() {
        Listener ended;
        synchronized (this) {
            ended = listener;
            listener = null;
            if (ended != null) {
                closeQuietly(ended.socket());
            }
            // All of them first: the end of one makes the thread that carries its bytes close the other, in good order.
            sockets.forEach(TcpProxy::closeByReset);
            sockets.forEach(TcpProxy::reset);
            sockets.clear();
        }
        if (ended != null) {
            // The kernel gives the port back only when the thread has left accept().
            join(ended.thread());
        }
    }

    /** Carries nothing any more, without closing anything; the bytes of one chunk may still be under way. */
    public void freeze() {
        up.shut();
        down.shut();
    }

    /** Carries nothing to the server any more, while what the server says still arrives. */
    public void freezeUp() {
        up.shut();
    }

    /** Whether a frozen line holds bytes for the server that contain these words, in ASCII. */
    public boolean holdsBack(String words) {
        return up.holds(words);
    }

    /** Carries again, and takes new connections again. */
    public synchronized void heal() {
        up.open();
        down.open();
        if (listener != null) {
            return;
        }
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            listener = new Listener(socket, daemon("accept", () -> accept(socket)));
        } catch (IOException e) {
            throw new SandboxException("The proxy cannot listen on port " + port, e);
        }
    }

    /** Cuts the line for good; harmless twice. */
    @Override
    public void close() {
        cut();
        up.open();
        down.open();
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                daemon("connect", () -> connect(socket, client));
            } catch (IOException e) {
                // The line was cut: the loop's condition ends it.
            }
        }
    }

    private void connect(ServerSocket acceptor, Socket client) {
        Socket server = new Socket();
        try {
            up.pass(new byte[0], 0);
            server.connect(target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException | InterruptedException e) {
            reset(client);
            reset(server);
            return;
        }
        if (!register(acceptor, client, server)) {
            return;
        }
        daemon("up", () -> forward(client, server, up));
        daemon("down", () -> forward(server, client, down));
    }

    /** False when the line was cut while the connection was being made; it is reset then. */
    private synchronized boolean register(ServerSocket acceptor, Socket client, Socket server) {
        if (acceptor.isClosed()) {
            reset(client);
            reset(server);
            return false;
        }
        sockets.add(client);
        sockets.add(server);
        return true;
    }

    private void forward(Socket from, Socket to, Gate gate) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (from;
                to) {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            for (int count = input.read(chunk); count >= 0; count = input.read(chunk)) {
                gate.pass(chunk, count);
                output.write(chunk, 0, count);
            }
        } catch (IOException | InterruptedException e) {
            // One end is gone; closing the other one tells it so.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private Thread daemon(String role, Runnable work) {
        Thread thread = new Thread(work, "proxy-" + port + "-" + role);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reset(Socket socket) {
        closeByReset(socket);
        closeQuietly(socket);
    }

    /** Whoever closes it, it ends with RST instead of FIN. */
    private static void closeByReset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // It is of no use any more either way.
        }
    }

    /** The socket that takes connections, and the thread that does. */
    private record Listener(ServerSocket socket, Thread thread) {}

    /** Shut, it holds all who want to pass. */
    private static final class Gate {
        private final List<String> held = new ArrayList<>();
        private boolean shut;

        synchronized void shut() {
            shut = true;
        }

        synchronized void open() {
            shut = false;
            notifyAll();
        }

        synchronized boolean holds(String words) {
            return held.stream().anyMatch(bytes -> bytes.contains(words));
        }

        synchronized void pass(byte[] bytes, int count) throws InterruptedException {
            if (!shut) {
                return;
            }
            String text = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
            held.add(text);
            try {
                while (shut) {
                    wait();
                }
            } finally {
                held.remove(text);
            }
        }
    }
}
