package dev.beckon.benchmarks.load;

/** The server did what it must not, or not what it must; the message says what, for people. */
@SuppressWarnings("serial") // it is never written
final class ServerFault extends Exception {
    private final String what;

    ServerFault(String what) {
        super(what, null, false, false);
        this.what = what;
    }

    @Override
    public String getMessage() {
        return what;
    }
}
