package dev.beckon.xmpp;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** What a service sends, ended with an error where one stanza is larger than a client can want. */
final class BoundedReader extends FilterReader {
    /** A roster of thousands of contacts is still smaller. */
    static final int MAX_CHARACTERS = 4 << 20;

    private int characters;

    BoundedReader(Reader in) {
        super(in);
    }

    /** A stanza is complete: counting begins anew. */
    void complete() {
        characters = 0;
    }

    @Override
    public int read() throws IOException {
        int c = super.read();
        count(c < 0 ? 0 : 1);
        return c;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(Math.max(read, 0));
        return read;
    }

    private void count(int read) throws IOException {
        characters += read;
        if (characters > MAX_CHARACTERS) {
            throw new IOException("the service sent a stanza of over " + MAX_CHARACTERS + " characters");
        }
    }
}
