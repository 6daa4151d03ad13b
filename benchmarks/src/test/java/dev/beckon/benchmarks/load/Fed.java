package dev.beckon.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;

/** A connection without a network: what the server says is fed to it, what it says is read. */
final class Fed implements AutoCloseable {
    static final Server SERVER =
            new Server("127.0.0.1", 0, "x", Server.Security.NONE, Scram.Mechanism.SCRAM_SHA_1, null);

    private final EmbeddedChannel channel;

    Fed(Connection.Reader reader) {
        channel = new EmbeddedChannel();
        channel.pipeline().addLast(new Connection(SERVER, new Lane(channel.eventLoop()), reader));
    }

    Fed(Client client) {
        channel = new EmbeddedChannel();
        channel.pipeline().addLast(client.connection);
    }

    static Client signedIn(String jid) {
        EmbeddedChannel loop = new EmbeddedChannel();
        Client client = new Client(
                SERVER,
                new Lane(loop.eventLoop()),
                new User(jid.substring(0, jid.indexOf('@')), "secret"),
                SignIns.Recipe.simple(),
                null);
        client.isSignedIn(jid);
        return client;
    }

    void feed(byte[] in, int from, int to) {
        channel.writeInbound(Unpooled.copiedBuffer(in, from, to - from));
    }

    void feed(String xml) {
        byte[] in = Wire.bytes(xml);
        feed(in, 0, in.length);
    }

    /** The next write, or an empty text. */
    String said() {
        ByteBuf out = channel.readOutbound();
        if (out == null) {
            return "";
        }
        try {
            return out.toString(StandardCharsets.UTF_8);
        } finally {
            out.release();
        }
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
