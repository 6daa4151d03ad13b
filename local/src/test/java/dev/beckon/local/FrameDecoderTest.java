package dev.beckon.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** However a stream of messages is split, the same messages come out. */
class FrameDecoderTest {
    @Test
    void everySplitGivesTheSameMessages() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<String> sent = new ArrayList<>();
            StringBuilder stream = new StringBuilder();
            for (int i = random.nextInt(5) + 1; i > 0; i--) {
                String body = "{" + "x".repeat(random.nextInt(300)) + "\r\n\r\n}";
                sent.add(body);
                stream.append(random.nextBoolean() ? "content-length:" : "X-Other: 1\r\nContent-Length:   ")
                        .append(body.length())
                        .append(" \r\n\r\n")
                        .append(body);
            }
            byte[] bytes = stream.toString().getBytes(StandardCharsets.US_ASCII);
            FrameDecoder decoder = new FrameDecoder(1000);
            List<String> received = new ArrayList<>();
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, random.nextInt(40) + 1);
                ByteBuffer piece = ByteBuffer.wrap(bytes, at, length);
                for (byte[] body = decoder.next(piece); body != null; body = decoder.next(piece)) {
                    received.add(new String(body, StandardCharsets.US_ASCII));
                }
                assertThat(piece.hasRemaining()).isFalse();
                at += length;
            }
            assertThat(received).as("seed %d, round %d", seed, round).isEqualTo(sent);
            assertThat(decoder.inside()).isFalse();
        }
    }

    @Test
    void theLongestBodyIsTakenAndOneByteMoreRefused() {
        byte[] longest = ("Content-Length: 1000\r\n\r\n" + "x".repeat(1000)).getBytes(StandardCharsets.US_ASCII);
        assertThat(new FrameDecoder(1000).next(ByteBuffer.wrap(longest))).hasSize(1000);
        byte[] longer = "Content-Length: 1001\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        RpcError refusal =
                catchThrowableOfType(RpcError.class, () -> new FrameDecoder(1000).next(ByteBuffer.wrap(longer)));
        assertThat(refusal.problem()).isEqualTo("Content-Length is not a number from 1 to 1000");
    }
}
