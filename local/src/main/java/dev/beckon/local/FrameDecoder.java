package dev.beckon.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes, however it is split, into messages: {@code Content-Length: N}, an empty line, N bytes.
 *
 * <p>Reserves no more than a header and one body of the longest length. Not for several threads.
 */
final class FrameDecoder {
    private static final String FORM = "send \"Content-Length: N\", CR LF, CR LF, then N bytes of JSON";

    private final int maxBody;
    private final byte[] head = new byte[Protocol.HEADER_BYTES];
    private int headLength;
    private byte @Nullable [] body;
    private int bodyLength;

    FrameDecoder(int maxBody) {
        this.maxBody = maxBody;
    }

    /** Whether a message has begun and not ended. */
    boolean inside() {
        return headLength > 0 || body != null;
    }

    /**
     * The next whole message; takes from the buffer no more than it needs.
     *
     * @return null where more bytes are needed
     * @throws RpcError the header cannot be read or promises too much. Where the next message would begin is then unknown:
     *     the stream is of no more use
     */
    byte @Nullable [] next(ByteBuffer in) {
        byte[] filling = body;
        while (filling == null) {
            if (!in.hasRemaining()) {
                return null;
            }
            head(in.get());
            if (ended()) {
                filling = new byte[contentLength()];
                body = filling;
                bodyLength = 0;
                headLength = 0;
            }
        }
        int taken = Math.min(in.remaining(), filling.length - bodyLength);
        in.get(filling, bodyLength, taken);
        bodyLength += taken;
        if (bodyLength < filling.length) {
            return null;
        }
        body = null;
        return filling;
    }

    private void head(byte b) {
        if (headLength == head.length) {
            throw RpcError.parse("the header is longer than " + head.length + " bytes", FORM);
        }
        boolean afterCr = headLength > 0 && head[headLength - 1] == '\r';
        boolean fits = afterCr ? b == '\n' : b == '\r' ? headLength > 0 : b >= ' ' && b < 0x7F;
        // A header begins with a name; whoever begins with JSON, TLS or spaces is told at once instead of waited for.
        if (headLength == 0) {
            fits = (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
        }
        if (!fits) {
            throw RpcError.parse("the message does not begin with a header", FORM);
        }
        head[headLength++] = b;
    }

    private boolean ended() {
        return headLength >= 4 && head[headLength - 1] == '\n' && head[headLength - 3] == '\n';
    }

    private int contentLength() {
        int length = -1;
        String lines = new String(head, 0, headLength - 4, StandardCharsets.US_ASCII);
        for (String line : lines.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw RpcError.parse("a line of the header has no name", FORM);
            }
            if (line.substring(0, colon).equalsIgnoreCase("Content-Length")) {
                if (length >= 0) {
                    throw RpcError.parse("the header has two Content-Length", FORM);
                }
                length = length(line.substring(colon + 1).strip());
            }
        }
        if (length < 0) {
            throw RpcError.parse("the header has no Content-Length", FORM);
        }
        return length;
    }

    private int length(String digits) {
        boolean number = !digits.isEmpty() && digits.length() <= 12;
        for (int i = 0; i < digits.length(); i++) {
            number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        long length = number ? Long.parseLong(digits) : -1;
        if (length < 1 || length > maxBody) {
            throw RpcError.parse("Content-Length is not a number from 1 to " + maxBody, "send messages of that length");
        }
        return (int) length;
    }
}
