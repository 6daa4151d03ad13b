package dev.beckon.benchmarks.load;

/** The start tag of an element in place, with the attributes that a stanza is known by. Reused; single-threaded. */
final class StartTag {
    private byte[] in = {};
    private int nameFrom;
    private int nameTo;
    private int idFrom;
    private int idTo;
    private int fromFrom;
    private int fromTo;
    private int typeFrom;
    private int typeTo;

    /** Reads the tag whose {@code <} is at {@code from}. Returns the offset after its {@code >}, or -1 if it is no whole tag. */
    int read(byte[] in, int from, int to) {
        this.in = in;
        idFrom = -1;
        fromFrom = -1;
        typeFrom = -1;
        int at = from + 1;
        nameFrom = at;
        while (at < to && in[at] > ' ' && in[at] != '>' && in[at] != '/') {
            at++;
        }
        nameTo = at;
        while (at < to && in[at] != '>') {
            if (in[at] <= ' ' || in[at] == '/') {
                at++;
                continue;
            }
            at = attribute(at, to);
        }
        return at < to ? at + 1 : -1;
    }

    private int attribute(int from, int to) {
        int at = from;
        while (at < to && in[at] != '=' && in[at] > ' ') {
            at++;
        }
        int nameEnd = at;
        while (at < to && in[at] != '\'' && in[at] != '"') {
            at++;
        }
        if (at >= to) {
            return to;
        }
        byte quote = in[at++];
        int valueFrom = at;
        while (at < to && in[at] != quote) {
            at++;
        }
        switch (nameEnd - from) {
            case 2 -> {
                if (in[from] == 'i' && in[from + 1] == 'd') {
                    idFrom = valueFrom;
                    idTo = at;
                }
            }
            case 4 -> four(from, valueFrom, at);
            default -> {}
        }
        return at + 1;
    }

    private void four(int name, int valueFrom, int valueTo) {
        if (in[name] == 'f' && in[name + 1] == 'r' && in[name + 2] == 'o' && in[name + 3] == 'm') {
            fromFrom = valueFrom;
            fromTo = valueTo;
        } else if (in[name] == 't' && in[name + 1] == 'y' && in[name + 2] == 'p' && in[name + 3] == 'e') {
            typeFrom = valueFrom;
            typeTo = valueTo;
        }
    }

    boolean nameIs(byte[] name) {
        return is(nameFrom, nameTo, name);
    }

    boolean idIs(byte[] id, int length) {
        return idFrom >= 0 && java.util.Arrays.equals(in, idFrom, idTo, id, 0, length);
    }

    boolean hasFrom() {
        return fromFrom >= 0;
    }

    boolean fromIs(byte[] jid) {
        return is(fromFrom, fromTo, jid);
    }

    boolean typeIs(byte[] type) {
        return is(typeFrom, typeTo, type);
    }

    private boolean is(int from, int to, byte[] expected) {
        return from >= 0 && java.util.Arrays.equals(in, from, to, expected, 0, expected.length);
    }

    /** The id as text, escaped as it was; empty if there is none. */
    String id() {
        return idFrom < 0 ? "" : Wire.text(in, idFrom, idTo);
    }

    /** The sender as text, escaped as it was; empty if there is none. */
    String from() {
        return fromFrom < 0 ? "" : Wire.text(in, fromFrom, fromTo);
    }

    /** The type as text; empty if there is none. */
    String type() {
        return typeFrom < 0 ? "" : Wire.text(in, typeFrom, typeTo);
    }
}
