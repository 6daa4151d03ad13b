package dev.beckon.session;

/**
 * The Jingle reasons Beckon speaks (XEP-0166 §7.4). An element that is none of these is GENERAL_ERROR.
 */
public enum Reason {
    SUCCESS("success"),
    DECLINE("decline"),
    BUSY("busy"),
    CANCEL("cancel"),
    EXPIRED("expired"),
    CONNECTIVITY_ERROR("connectivity-error"),
    FAILED_APPLICATION("failed-application"),
    UNSUPPORTED_APPLICATIONS("unsupported-applications"),
    UNSUPPORTED_TRANSPORTS("unsupported-transports"),
    SECURITY_ERROR("security-error"),
    GONE("gone"),
    TIMEOUT("timeout"),
    GENERAL_ERROR("general-error");

    private final String element;

    Reason(String element) {
        this.element = element;
    }

    /** The name of its element. */
    public String element() {
        return element;
    }
}
