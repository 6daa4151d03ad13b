package dev.beckon.local;

/** What both sides of the local API hold to: its version and its bounds. {@code docs/local-api.md} says them to people. */
final class Protocol {
    /** Rises when a message changes in a way that old partners would misread; new members and messages do not raise it. */
    static final int VERSION = 1;

    /** Most bytes of a message's header. */
    static final int HEADER_BYTES = 1024;
    /** Longest message an agent takes: the longest honest one, a registration, stays under 10 KiB. */
    static final int REQUEST_BYTES = 64 * 1024;
    /** Longest message an application takes: a contact list of ten thousand. */
    static final int MESSAGE_BYTES = 16 * 1024 * 1024;
    /** Deepest nesting of a message. */
    static final int NESTING = 16;
    /** Longest text that names a request. */
    static final int ID_CHARACTERS = 64;
    /** How long an application may think about a question, in milliseconds; then the default is taken. */
    static final long ASK_MILLIS = 2_000;
    /** How many events of a session wait for its first listener. */
    static final int KEPT_EVENTS = 256;
    /** How many ended sessions a connection still knows. */
    static final int ENDED_SESSIONS = 128;

    private Protocol() {}
}
