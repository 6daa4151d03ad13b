package dev.beckon.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The test's end of every {@link Probe} that an agent launches. */
final class Launches implements AutoCloseable {
    private final ServerSocket door;
    private final List<Launched> launched = new ArrayList<>();

    Launches() {
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Thread acceptor = new Thread(this::accept, "launches");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                Thread reader = new Thread(() -> greet(socket), "probe");
                reader.setDaemon(true);
                reader.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void greet(Socket socket) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            String hello = in.readLine();
            if (hello == null) {
                return;
            }
            Launched probe = new Launched(socket, JsonParser.parseString(hello).getAsJsonObject());
            synchronized (launched) {
                launched.add(probe);
                launched.notifyAll();
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                probe.heard(JsonParser.parseString(line).getAsJsonObject());
            }
        } catch (IOException e) {
            // The probe was killed; whoever waits for it is told by its time-out.
        }
    }

    /** Waits for the probe that this user's agent launched for this application. */
    Launched await(String guid, String user) {
        long deadline = System.nanoTime() + Times.LONG.toNanos();
        synchronized (launched) {
            while (true) {
                for (Launched probe : launched) {
                    if (probe.application().equals(guid) && probe.user().equals(user)) {
                        launched.remove(probe);
                        return probe;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no application " + guid + " was launched for " + user);
                }
                try {
                    launched.wait(left);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** How many have come and were not awaited. */
    int unclaimed() {
        synchronized (launched) {
            return launched.size();
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One launched application. */
    static final class Launched implements AutoCloseable {
        private final Socket socket;
        private final JsonObject hello;
        private final List<String> events = new ArrayList<>();
        private final List<JsonObject> answers = new ArrayList<>();

        private Launched(Socket socket, JsonObject hello) {
            this.socket = socket;
            this.hello = hello;
        }

        private synchronized void heard(JsonObject message) {
            if (message.get("event").getAsString().equals("done")) {
                answers.add(message);
            } else {
                events.add(message.get("event").getAsString());
            }
            notifyAll();
        }

        String application() {
            return hello.get("application").getAsString();
        }

        String user() {
            return hello.get("user").getAsString();
        }

        /** The session it got from getLaunchingSession. */
        String sessionId() {
            return hello.get("session").getAsString();
        }

        /** What it found in BECKON_SESSION. */
        String environment() {
            return hello.get("environment").getAsString();
        }

        ProcessHandle process() {
            return ProcessHandle.of(hello.get("pid").getAsLong()).orElseThrow();
        }

        synchronized void await(String event) {
            long deadline = System.nanoTime() + Times.LONG.toNanos();
            while (!events.contains(event)) {
                waitUntil(deadline, "the application had no event " + event + ", but " + events);
            }
        }

        synchronized List<String> events() {
            return List.copyOf(events);
        }

        /** Has it do something; what it answered, or the name of the code it failed with, or "". */
        synchronized String order(String what, String value) {
            tell(what, value);
            long deadline = System.nanoTime() + Times.LONG.toNanos();
            while (answers.isEmpty()) {
                waitUntil(deadline, "the application did not answer to " + what);
            }
            JsonObject answer = answers.remove(0);
            return answer.has("value") && !answer.get("value").isJsonNull()
                    ? answer.get("value").getAsString()
                    : "";
        }

        String order(String what) {
            return order(what, "");
        }

        /** Has it do something it does not answer to. */
        void tell(String what, String value) {
            JsonObject order = new JsonObject();
            order.addProperty("do", what);
            order.addProperty("value", value);
            try {
                socket.getOutputStream().write((order + "\n").getBytes(UTF_8));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                throw new AssertionError("the application is gone", e);
            }
        }

        private void waitUntil(long deadline, String failure) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError(failure);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Lets it end: it reads the end of its orders. */
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
