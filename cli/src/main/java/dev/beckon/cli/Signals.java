package dev.beckon.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/** What the system tells a command that stays. Where it has no such signal, as Windows has no HUP, nothing is ever told. */
final class Signals {
    private Signals() {}

    /** The first SIGTERM or Ctrl-C ends the process in order, as its shutdown hooks do; the second at once. */
    static void stopInOrderThenAtOnce() {
        AtomicBoolean stopping = new AtomicBoolean();
        for (String name : new String[] {"TERM", "INT"}) {
            handle(name, number -> {
                if (stopping.getAndSet(true)) {
                    Runtime.getRuntime().halt(128 + number);
                }
                System.exit(Exit.DONE.number());
            });
        }
    }

    /** SIGHUP: the configuration is to be read anew. */
    static void onHangUp(Runnable action) {
        handle("HUP", number -> action.run());
    }

    private interface Action {
        void on(int number);
    }

    private static void handle(String name, Action action) {
        try {
            // There is no other way to a signal in Java, and none to name this one without a warning of the compiler's.
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Method number = signals.getMethod("getNumber");
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> {
                        // Each signal is told on a thread of its own.
                        if (method.getName().equals("handle")) {
                            action.on((int) number.invoke(arguments[0]));
                        }
                        return null;
                    });
            Object signal = signals.getConstructor(String.class).newInstance(name);
            signals.getMethod("handle", signals, handlers).invoke(null, signal, handler);
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(Signals.class).debug("no signal {} here", name, e);
        }
    }
}
