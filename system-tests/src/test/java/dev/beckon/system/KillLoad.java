package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Clients that sign up, change what is theirs, and subscribe to each other, until the service is gone; they note its answers. */
final class KillLoad {
    /** What each side's list says of the other as they play: asked, seen, seen by both, and back again. */
    static final List<List<String>> GAME = List.of(
            List.of("none", "none"),
            List.of("none asking", "none"),
            List.of("to", "from"),
            List.of("to", "from asking"),
            List.of("both", "both"),
            List.of("from", "to"));

    private static final String[] MOVES = {
        "subscribe", "subscribed", "subscribe", "subscribed", "unsubscribe", "unsubscribe"
    };

    /** Whose move it is: the first of the two, or the second. */
    private static final int[] MOVER = {0, 1, 1, 0, 0, 1};

    private interface Work {
        void run() throws IOException;
    }

    private final Stage stage;
    private final String round;
    private final Acknowledged said = new Acknowledged();
    private final CountDownLatch working = new CountDownLatch(4);
    private final AtomicReference<Throwable> fault = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    private KillLoad(Stage stage, String round) {
        this.stage = stage;
        this.round = round;
    }

    /** Returns once all are at work. Accounts are named after the round. */
    static KillLoad start(Stage stage, String round) throws InterruptedException {
        KillLoad load = new KillLoad(stage, round);
        load.begin(load::signUp);
        load.begin(load::change);
        load.begin(load::write);
        load.begin(load::play);
        assertThat(load.working.await(Times.LONG.toSeconds(), TimeUnit.SECONDS))
                .as("all are at work; %s", load.fault)
                .isTrue();
        return load;
    }

    /** What was answered, once all have noticed that the service is gone. */
    Acknowledged end() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(Times.LONG.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
        if (fault.get() != null) {
            throw new AssertionError("what was said was not what it should be", fault.get());
        }
        return said;
    }

    /** The connection breaks when the service is killed: that ends the work, and nothing else may. */
    private void begin(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        return;
                    } catch (RuntimeException | AssertionError e) {
                        fault.compareAndSet(null, e);
                    }
                },
                "load of " + round);
        threads.add(thread);
        thread.start();
    }

    private void signUp() throws IOException {
        try (RawStream stream = new RawStream(stage.port()).secure()) {
            working.countDown();
            for (int i = 0; ; i++) {
                register(stream, round + "-new-" + i);
            }
        }
    }

    private void register(RawStream stream, String name) throws IOException {
        done(
                stream,
                "<query xmlns='jabber:iq:register'><username>" + name + "</username><password>" + Stage.PASSWORD
                        + "</password></query>");
        said.accounts.put(name, Stage.PASSWORD);
    }

    private RawStream newcomer(String name) throws IOException {
        try (RawStream stream = new RawStream(stage.port()).secure()) {
            register(stream, name);
        }
        return new RawStream(stage.port()).secure().signIn(name, Stage.PASSWORD).bind("desk");
    }

    private void change() throws IOException {
        String name = round + "-changer";
        try (RawStream stream = newcomer(name)) {
            working.countDown();
            for (int i = 0; ; i++) {
                String contact = "contact-" + i + "@" + Stage.DOMAIN;
                done(
                        stream,
                        "<query xmlns='jabber:iq:roster'><item jid='" + contact + "' name='" + contact + "'><group>"
                                + contact + "</group></item></query>");
                said.contacts.add(contact);
                String blocked = "blocked-" + i + "@" + Stage.DOMAIN;
                done(stream, "<block xmlns='urn:xmpp:blocking'><item jid='" + blocked + "'/></block>");
                said.blocked.add(blocked);
                done(stream, "<query xmlns='jabber:iq:private'><d xmlns='urn:d'>" + i + "</d></query>");
                said.document = i;
                // There are only so many new passwords in an hour.
                if (i < 15) {
                    String password = Stage.PASSWORD + i;
                    said.askedPasswords.put(name, password);
                    done(
                            stream,
                            "<query xmlns='jabber:iq:register'><username>" + name + "</username><password>" + password
                                    + "</password></query>");
                    said.accounts.put(name, password);
                    said.askedPasswords.remove(name);
                }
            }
        }
    }

    private static void done(RawStream stream, String payload) throws IOException {
        Element answer = stream.ask("set", "do", payload, other -> {});
        assertThat(answer.attribute("type")).as(payload).isEqualTo("result");
    }

    /** To oneself, who is not available: what is acknowledged (XEP-0198) waits. There is room for so many. */
    private void write() throws IOException {
        String name = round + "-writer";
        try (RawStream stream = newcomer(name)) {
            stream.send("<enable xmlns='urn:xmpp:sm:3'/>").await("<enabled xmlns='urn:xmpp:sm:3'/>");
            working.countDown();
            for (int i = 0; i < 90; i++) {
                stream.send("<message type='chat' to='" + name + "@" + Stage.DOMAIN + "'><body>" + i
                        + "</body></message><r xmlns='urn:xmpp:sm:3'/>");
                Element answer = stream.next();
                while (!answer.name().equals("a")) {
                    answer = stream.next();
                }
                said.messages = Integer.parseInt(answer.attribute("h", ""));
            }
        }
    }

    private void play() throws IOException {
        try (RawStream one = newcomer(round + "-one");
                RawStream two = newcomer(round + "-two")) {
            RawStream[] both = {one, two};
            String[] names = {round + "-one", round + "-two"};
            for (RawStream stream : both) {
                stream.ask("get", "list", "<query xmlns='jabber:iq:roster'/>", other -> {});
                stream.send("<presence/>");
            }
            working.countDown();
            for (int step = 0; ; step++) {
                int move = step % MOVES.length;
                int mover = MOVER[move];
                both[mover].send(
                        "<presence type='" + MOVES[move] + "' to='" + names[1 - mover] + "@" + Stage.DOMAIN + "'/>");
                for (int side = 0; side < 2; side++) {
                    String before = GAME.get(move).get(side);
                    String after = GAME.get((move + 1) % GAME.size()).get(side);
                    if (!before.equals(after)) {
                        awaitPush(both[side], after);
                    } else {
                        awaitPresence(both[side], MOVES[move]);
                    }
                }
                said.steps = step + 1;
            }
        }
    }

    private static void awaitPush(RawStream stream, String wanted) throws IOException {
        while (true) {
            Element query = stream.next().child("query", "jabber:iq:roster");
            if (query != null && state(query.firstChild()).equals(wanted)) {
                return;
            }
        }
    }

    private static void awaitPresence(RawStream stream, String type) throws IOException {
        Element next = stream.next();
        while (!next.name().equals("presence") || !next.attribute("type", "").equals(type)) {
            next = stream.next();
        }
    }

    /** A contact list's item as {@link #GAME} has it. */
    static String state(Element item) {
        return item.attribute("subscription", "none") + (item.attribute("ask") == null ? "" : " asking");
    }
}
