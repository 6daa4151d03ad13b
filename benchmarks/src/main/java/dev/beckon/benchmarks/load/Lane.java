package dev.beckon.benchmarks.load;

import io.netty.channel.EventLoop;

/** What the connections of one event loop share. Only touched there. */
final class Lane {
    /** One read at a time is taken apart here. */
    final byte[] scratch = new byte[1 << 17];

    final StartTag tag = new StartTag();
    private final EventLoop loop;

    Lane(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }
}
