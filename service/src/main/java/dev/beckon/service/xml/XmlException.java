package dev.beckon.service.xml;

/** Input that XMPP does not take: says which rule it broke, never what it held. Carries no stack trace: it is expected. */
public final class XmlException extends Exception {
    /** The rule that was broken, named as the stream error that answers it (RFC 6120 §4.9.3). */
    public enum Fault {
        NOT_WELL_FORMED,
        RESTRICTED_XML,
        BAD_NAMESPACE_PREFIX,
        BAD_FORMAT,
        UNSUPPORTED_ENCODING,
        POLICY_VIOLATION
    }

    private final Fault fault;

    /** {@code message} is shown to the peer. */
    public XmlException(Fault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
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
