package dev.beckon.service.store;

/**
 * The store could not be opened, read or written. The message names the file, what was wrong and what to do; a mutation that
 * ends with this exception may be tried again, since it has not happened.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
