package dev.beckon.service.xml;

/** Input that XMPP does not take: says which rule it broke, never what it held. Carries no stack trace: it is expected. */
public final class XmlException extends Exception {
    /** The rule that was broken, named as the stream error that answers it (RFC 6120 §4.9.3). */
    public enum Fault {
        NOT_WELL_FORMED,
        RESTRICTED_XML,
        BAD_NAMESPACE_PREFIX,
        BAD_FORMAT,
        INVALID_NAMESPACE,
        UNSUPPORTED_ENCODING,
        POLICY_VIOLATION
    }

    private final Fault fault;
    private final boolean unfinished;

    /** {@code message} is shown to the peer. */
    public XmlException(Fault fault, String message) {
        this(fault, message, false);
    }

    private XmlException(Fault fault, String message, boolean unfinished) {
        super(message, null, false, false);
        this.fault = fault;
        this.unfinished = unfinished;
    }

    /** Nothing is wrong so far, but the input ended early. */
    static XmlException unfinished() {
        return new XmlException(Fault.NOT_WELL_FORMED, "an element does not end", true);
    }

    /** Whether nothing is wrong with the input but that it ended early: more of it may make it good. */
    public boolean isUnfinished() {
        return unfinished;
    }

    /** The rule that was broken. */
    public Fault fault() {
        return fault;
    }

    /** What the peer is told. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
