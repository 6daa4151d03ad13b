package dev.beckon.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.local.Beckon;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The application people are invited to in these tests: launched by an agent as a process of its own, it finds its
 * session and then does what its test says over a socket.
 *
 * <p>Arguments: the port the test listens on, the GUID of the application, and where the service locks, the application
 * ID and the file with its key.
 */
final class Probe implements SessionListener {
    private final OutputStream out;

    private Probe(OutputStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        try (Socket test = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
                Messenger messenger =
                        Beckon.connect(Beckon.Options.fromEnvironment().withApplication(args[1]))) {
            Probe probe = new Probe(test.getOutputStream());
            JsonObject hello = new JsonObject();
            hello.addProperty("event", "hello");
            hello.addProperty("application", args[1]);
            hello.addProperty("pid", ProcessHandle.current().pid());
            hello.addProperty("environment", System.getenv("BECKON_SESSION"));
            hello.addProperty("user", messenger.self().signInName());
            if (args.length == 4) {
                Key key = Key.read(args[2], Path.of(args[3]));
                hello.addProperty("unlocked", key.unlock(messenger));
            }
            Session session = messenger
                    .sessionManager()
                    .getLaunchingSession(ProcessHandle.current().pid());
            hello.addProperty("session", session.sessionId());
            probe.say(hello);
            session.addListener(probe);
            BufferedReader in = new BufferedReader(new InputStreamReader(test.getInputStream(), UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                probe.obey(session, JsonParser.parseString(line).getAsJsonObject());
            }
        }
    }

    private void obey(Session session, JsonObject order) throws IOException {
        JsonObject answer = new JsonObject();
        answer.addProperty("event", "done");
        try {
            String value = order.has("value") ? order.get("value").getAsString() : null;
            switch (order.get("do").getAsString()) {
                case "send" -> session.sendContextData(String.valueOf(value));
                case "cancel" -> session.cancel(ResultCode.S_OK, value);
                case "state" -> answer.addProperty("value", session.state().name());
                case "remoteAddress" -> answer.addProperty("value", session.remoteAddress());
                case "flags" -> answer.addProperty("value", session.flags().toString());
                case "contextData" -> answer.addProperty("value", session.contextData());
                case "exit" -> System.exit(Integer.parseInt(String.valueOf(value)));
                default -> throw new IOException("no such order: " + order);
            }
        } catch (SessionException e) {
            answer.addProperty("value", e.code().name());
        }
        say(answer);
    }

    private synchronized void say(JsonObject event) {
        try {
            out.write((event + "\n").getBytes(UTF_8));
            out.flush();
        } catch (IOException e) {
            // The test is over and has closed its end.
        }
    }

    private void event(String what) {
        JsonObject event = new JsonObject();
        event.addProperty("event", what);
        say(event);
    }

    private static String data(@Nullable String data) {
        return data == null ? "" : " \"" + data + "\"";
    }

    @Override
    public void onStateChanged(Session session, SessionState previous) {
        event("left " + previous);
        if (session.state() == SessionState.CONNECTED) {
            event("connected");
        }
    }

    @Override
    public void onReadyToLaunch(Session session) {
        event("ready to launch");
    }

    @Override
    public void onCancelled(Session session, @Nullable String appData) {
        event("cancelled" + data(appData));
    }

    @Override
    public void onContextData(Session session, String data) {
        event("context" + data(data));
    }

    @Override
    public void onSendError(Session session, ResultCode code) {
        event("send error " + code.name());
    }

    @Override
    public void onTermination(Session session, ResultCode code, @Nullable String appData) {
        event("termination " + code.name() + data(appData));
    }
}
