package dev.beckon.service;

import java.util.function.Supplier;

/** Something that may be replaced while the service runs: asked for where it is needed, and not kept. Thread-safe. */
public final class Live<T> implements Supplier<T> {
    private volatile T value;

    public Live(T value) {
        this.value = value;
    }

    @Override
    public T get() {
        return value;
    }

    public synchronized void set(T next) {
        value = next;
    }

    /** Unless it has been replaced by something else meanwhile. */
    public synchronized void replace(T expected, T next) {
        if (value == expected) {
            value = next;
        }
    }
}
