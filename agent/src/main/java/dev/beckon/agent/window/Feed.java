package dev.beckon.agent.window;

import com.google.gson.JsonElement;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What open pages are told, as it happens (server-sent events, WHATWG HTML §9.2). A page that connects is told every section as it is,
 * then a section again whenever it is another. One that does not read is dropped: it connects again, and is told all anew.
 *
 * <p>Thread: any.
 */
final class Feed {
    static final String PATH = "/api/events";
    /** Pages, and with them connections, that may listen at once. */
    static final int MOST = 16;

    private static final byte[] BEAT = ": \n\n".getBytes(StandardCharsets.UTF_8);

    private final Map<String, byte[]> sections = new LinkedHashMap<>();
    private final Set<Channel> admitted = ConcurrentHashMap.newKeySet();
    private final List<Channel> listening = new ArrayList<>();

    /** Keeps a place; null where there is one. */
    @Nullable
    Reply admit(Channel channel) {
        synchronized (this) {
            if (admitted.size() >= MOST) {
                return Reply.refusal(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        MOST + " pages of the window are open",
                        "close one of them");
            }
            admitted.add(channel);
        }
        channel.closeFuture().addListener(closed -> left(channel));
        return null;
    }

    private synchronized void left(Channel channel) {
        admitted.remove(channel);
        listening.remove(channel);
    }

    /** Pages that are open. */
    synchronized int pages() {
        return admitted.size();
    }

    /** Tells one that was admitted all sections, and from now on what changes. */
    synchronized void join(Channel channel) {
        if (!admitted.contains(channel)) {
            return;
        }
        sections.values().forEach(event -> send(channel, event));
        send(channel, event("ready", "{}"));
        listening.add(channel);
    }

    /** This is the section now: told where it is another than before. */
    synchronized void section(String name, JsonElement content) {
        byte[] event = event(name, content.toString());
        byte[] before = sections.put(name, event);
        if (!Arrays.equals(before, event)) {
            tell(event);
        }
    }

    /** This happened: told to who listens now, and not again. */
    synchronized void happened(String name, JsonElement content) {
        tell(event(name, content.toString()));
    }

    /** Lets pages know that they are still connected. */
    synchronized void beat() {
        tell(BEAT);
    }

    private void tell(byte[] event) {
        List.copyOf(listening).forEach(channel -> send(channel, event));
    }

    private void send(Channel channel, byte[] event) {
        if (!channel.isWritable()) {
            listening.remove(channel);
            channel.close();
            return;
        }
        // As a task of the loop, also from there: so the order is that in which this is called.
        channel.eventLoop()
                .execute(() -> channel.writeAndFlush(
                        new DefaultHttpContent(Unpooled.wrappedBuffer(event)), channel.voidPromise()));
    }

    private static byte[] event(String name, String json) {
        return ("event: " + name + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }
}
