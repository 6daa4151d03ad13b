package dev.beckon.local;

import dev.beckon.Messenger;
import dev.beckon.SessionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A real endpoint on a real socket, in a folder of its own, with a fake messenger behind every connection. */
final class Agent implements AutoCloseable {
    final Path folder;
    final Path socket;
    final LocalEndpoint endpoint;
    final BlockingQueue<FakeMessenger> connected = new LinkedBlockingQueue<>();
    /** How often values were read for an application. */
    final AtomicInteger glances = new AtomicInteger();

    volatile SessionException refusal;
    volatile Consumer<FakeMessenger> prepare = messenger -> {};

    Agent() throws IOException {
        folder = Files.createTempDirectory("bk");
        socket = folder.resolve("agent.sock");
        endpoint = LocalEndpoint.open(
                socket,
                hello -> {
                    if (refusal != null) {
                        throw refusal;
                    }
                    FakeMessenger messenger = new FakeMessenger(hello);
                    prepare.accept(messenger);
                    connected.add(messenger);
                    return messenger;
                },
                this::counted);
    }

    private <T> T counted(Supplier<T> reading) {
        glances.incrementAndGet();
        return reading.get();
    }

    Messenger connect() {
        return Beckon.connect(socket);
    }

    /** The agent's side of the connection made next. */
    FakeMessenger other() throws InterruptedException {
        FakeMessenger messenger = connected.poll(20, TimeUnit.SECONDS);
        if (messenger == null) {
            throw new AssertionError("nobody connected");
        }
        return messenger;
    }

    @Override
    public void close() throws IOException {
        endpoint.close();
        Files.deleteIfExists(folder.resolve("agent.sock.lock"));
        Files.delete(folder);
    }
}
