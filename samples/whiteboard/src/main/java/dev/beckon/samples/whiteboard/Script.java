package dev.beckon.samples.whiteboard;

import dev.beckon.ResultCode;
import dev.beckon.SessionState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Draws by commands, one a line, and prints what happens, one thing a line.
 *
 * <pre>
 *  invite CONTACT [DATA]            invites, where nobody did
 *  wait-connected                   until what one draws, the other sees
 *  stroke [RRGGBB WIDTH] x,y x,y …  draws
 *  cursor x,y | cursor away         moves the pen
 *  clear                            wipes the board
 *  wait-stroke [N]                  until the other side has drawn one stroke more, or N more
 *  wait-end                         until the session is over
 *  pause MILLISECONDS
 *  end                              leaves; so does the end of the script
 * </pre>
 *
 * It prints {@code state STATE}, {@code phase PHASE text}, what it hears ({@code stroke …}, {@code cursor …},
 * {@code clear}), {@code ended CODE}, and {@code error text}.
 */
final class Script implements Meeting.Watcher {
    private static final String INK = "1F2937 6 ";

    private final BufferedReader commands;
    private final PrintStream out;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Meeting.@Nullable Phase phase;
    private int heard;
    private int awaited;
    private boolean over;

    /** The whiteboard, as a script moves it. */
    interface Hands {
        /** Draws, moves the pen or wipes. */
        void say(Message message);

        /** Invites somebody. */
        void invite(String contact, @Nullable String data);

        /** Leaves. */
        void end();
    }

    /** What a script asks for did not happen. */
    private static final class Stuck extends Exception {
        private static final long serialVersionUID = 1L;

        Stuck(String what) {
            super(what);
        }
    }

    /**
     * A script.
     *
     * @param patience how long it waits for one thing
     */
    Script(BufferedReader commands, PrintStream out, Duration patience) {
        this.commands = commands;
        this.out = out;
        this.patience = patience;
    }

    /**
     * Runs it to its end.
     *
     * @return whether everything in it was done
     */
    boolean run(Hands hands) {
        int number = 0;
        try {
            for (String line; (line = commands.readLine()) != null; ) {
                number++;
                String command = line.strip();
                if (!command.isEmpty() && !command.startsWith("#")) {
                    perform(List.of(command.split(" ", 2)), hands);
                }
            }
            return true;
        } catch (Stuck | IOException | RuntimeException e) {
            print("error line " + number + ": " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void perform(List<String> words, Hands hands) throws Stuck, InterruptedException {
        String rest = words.size() > 1 ? words.get(1).strip() : "";
        switch (words.get(0)) {
            case "stroke" -> {
                boolean bare = rest.indexOf(',') >= 0 && (rest + " ").indexOf(',') < (rest + " ").indexOf(' ');
                hands.say(new Message.Draw(Stroke.parse(bare ? INK + rest : rest)));
            }
            case "cursor", "clear" -> hands.say(Message.parse(String.join(" ", words)));
            case "invite" -> {
                String[] contactAndData = rest.split(" ", 2);
                hands.invite(contactAndData[0], contactAndData.length > 1 ? contactAndData[1] : null);
            }
            case "wait-connected" -> await("no connection", () -> phase == Meeting.Phase.TOGETHER);
            case "wait-stroke" -> {
                awaited += rest.isEmpty() ? 1 : Integer.parseInt(rest);
                await("no stroke", () -> heard >= awaited);
            }
            case "wait-end" -> await("no end", () -> over);
            case "pause" -> pause(Integer.parseInt(rest));
            case "end" -> hands.end();
            default -> throw new IllegalArgumentException("\"" + words.get(0) + "\" is no command of a script");
        }
    }

    private void await(String otherwise, BooleanSupplier condition) throws Stuck, InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (over) {
                    throw new Stuck(otherwise + ", and the session is over");
                }
                if (left <= 0) {
                    throw new Stuck(otherwise + " within " + patience.toSeconds() + " s");
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What draws for people takes its time, as a person would. */
    private void pause(int milliseconds) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
        lock.lock();
        try {
            while (left > 0 && !over) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void note(String line, Runnable change) {
        lock.lock();
        try {
            print(line);
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void phase(Meeting.Phase now, String text) {
        note("phase " + now + " " + text, () -> phase = now);
    }

    @Override
    public void state(SessionState state) {
        note("state " + state, () -> {});
    }

    @Override
    public void ended(ResultCode code) {
        note("ended " + code.name(), () -> over = true);
    }

    @Override
    public void received(Message message) {
        note(message.line(), () -> heard += message instanceof Message.Draw ? 1 : 0);
    }
}
