package dev.beckon.benchmarks.load;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user of a soak: writes to others, who may be away; is away at times; stops reading at times; and where the server resumes streams
 * (XEP-0198), loses the connection at times. Each message is accounted for. On one event loop.
 */
final class Chatter implements Connection.Reader {
    /** What all chatters share. */
    record Circle(SignIns signIns, Ledger ledger, Faults faults, List<String> addresses) {}

    /** A stanza the server has not acknowledged; the message's number, or -1 if it is none. */
    private record Sent(String xml, int message) {}

    private static final String PADDING = "x".repeat(900);
    private static final byte[] MESSAGE = Wire.bytes("message");
    private static final byte[] IQ = Wire.bytes("iq");
    private static final byte[] PRESENCE = Wire.bytes("presence");
    private static final byte[] ERROR = Wire.bytes("error");
    private static final byte[] SM_REQUEST = Wire.bytes("r");
    private static final byte[] SM_ANSWER = Wire.bytes("a");
    private static final byte[] SM_ENABLED = Wire.bytes("enabled");
    private static final byte[] STREAM_ERROR = Wire.bytes("stream:error");
    private static final String SM = "urn:xmpp:sm:3";
    private static final int BURST = 150;
    static final Duration LONGEST_ABSENCE = Duration.ofSeconds(4);

    private final Circle circle;
    private final User user;
    private final Lane lane;
    private final Random random;
    private @Nullable Client client;
    private boolean online;
    private boolean leaving;
    private boolean wrappingUp;

    // Without stream management a ping acknowledges what was sent before.
    private List<Integer> sinceAck = new ArrayList<>();
    private List<Integer> inAck = new ArrayList<>();

    private boolean managed;
    private boolean deaf;
    private String resumption = "";
    private long received;
    private long acknowledged;
    private final Deque<Sent> unacknowledged = new ArrayDeque<>();

    private long breaks;
    private long absences;
    private long stalls;

    Chatter(Circle circle, User user, Lane lane, long seed) {
        this.circle = circle;
        this.user = user;
        this.lane = lane;
        random = new Random(seed);
    }

    private EventLoop loop() {
        return lane.loop();
    }

    private void later(long least, long most, Runnable task) {
        loop().schedule(task, least + random.nextInt((int) (most - least)), TimeUnit.MILLISECONDS);
    }

    // ---- coming ----

    void begin() {
        signIn();
        later(0, 300, this::tick);
    }

    private void signIn() {
        Client next = circle.signIns.begin(user, lane, managed ? new Client.Resumption(resumption, received) : null);
        client = next;
        next.signedIn.whenComplete((done, fault) -> {
            if (fault != null) {
                circle.faults.add(String.valueOf(fault.getMessage()));
            } else if (managed) {
                resumed(next);
            } else {
                arrived(next);
            }
        });
    }

    private void arrived(Client next) {
        next.connection.reader(this);
        leaving = false;
        if (next.offers(SM)) {
            next.connection.send("<enable xmlns='" + SM + "' resume='true'/>");
        } else {
            announce();
        }
    }

    private void announce() {
        online = true;
        send("<presence/>", -1);
        if (wrappingUp) {
            askForAck();
        }
    }

    /** XEP-0198 §5: what the server has not handled is sent again. */
    private void resumed(Client next) {
        next.connection.reader(this);
        online = true;
        handled(next.resumedAt());
        unacknowledged.forEach(sent -> next.connection.send(sent.xml));
        askForAck();
    }

    // ---- doing ----

    private void tick() {
        if (wrappingUp) {
            return;
        }
        if (online && !leaving) {
            act(random.nextInt(1000));
        }
        later(50, 300, this::tick);
    }

    private void act(int chance) {
        if (chance < 8) {
            leave();
        } else if (chance < 16 && managed && !resumption.isEmpty()) {
            lose();
        } else if (chance < 30) {
            stall();
        } else if (chance < 35) {
            String to = someone();
            for (int i = 0; i < BURST; i++) {
                write(to);
            }
            askForAck();
        } else {
            write(someone());
            if (chance % 4 == 0) {
                askForAck();
            }
        }
    }

    private String someone() {
        String bare = circle.addresses.get(random.nextInt(circle.addresses.size()));
        return random.nextBoolean() ? bare : bare + "/load";
    }

    private void write(String to) {
        int message = circle.ledger.next();
        String xml = "<message type='chat' to='" + to + "' id='m" + message + "'><body>" + message + " "
                + PADDING.substring(random.nextInt(PADDING.length())) + "</body></message>";
        if (!managed) {
            sinceAck.add(message);
        }
        send(xml, message);
    }

    private void send(String xml, int message) {
        if (managed) {
            unacknowledged.add(new Sent(xml, message));
        }
        connection().send(xml);
    }

    private Connection connection() {
        return java.util.Objects.requireNonNull(client).connection;
    }

    private void askForAck() {
        if (managed) {
            connection().send("<r xmlns='" + SM + "'/>");
        } else if (inAck.isEmpty() && !sinceAck.isEmpty()) {
            inAck = sinceAck;
            sinceAck = new ArrayList<>();
            send("<iq type='get' id='ack'><ping xmlns='urn:xmpp:ping'/></iq>", -1);
        }
    }

    /** Reads nothing for a while. */
    private void stall() {
        stalls++;
        Connection stalled = connection();
        stalled.channel().config().setAutoRead(false);
        later(500, 3000, () -> stalled.channel().config().setAutoRead(true));
    }

    // ---- going ----

    /**
     * Ends the stream, at times after saying so with presence. What the server still has to say counts, unless it is told how much was
     * taken: then the rest must come again another time.
     */
    private void leave() {
        leaving = true;
        absences++;
        connection().channel().config().setAutoRead(true);
        if (random.nextBoolean()) {
            send("<presence type='unavailable'/>", -1);
        }
        if (managed) {
            acknowledgeReceived();
            deaf = true;
        }
        connection().finish();
    }

    /** The connection breaks; the stream is resumed. */
    private void lose() {
        breaks++;
        online = false;
        connection().reset();
        later(20, 1500, this::signIn);
    }

    @Override
    public void ended(String why) {
        online = false;
        if (!leaving) {
            circle.faults.add(user + ": " + why);
            return;
        }
        // A stream that was ended in order has handled all that was sent on it before.
        acknowledge(inAck);
        acknowledge(sinceAck);
        inAck = new ArrayList<>();
        sinceAck = new ArrayList<>();
        unacknowledged.forEach(sent -> acknowledge(sent.message));
        unacknowledged.clear();
        managed = false;
        deaf = false;
        resumption = "";
        if (wrappingUp) {
            signIn();
        } else {
            later(100, LONGEST_ABSENCE.toMillis(), this::signIn);
        }
    }

    // ---- reading ----

    @Override
    public void element(byte[] in, int from, int to) {
        if (deaf) {
            return;
        }
        StartTag tag = lane.tag;
        tag.read(in, from, to);
        boolean message = tag.nameIs(MESSAGE);
        boolean iq = tag.nameIs(IQ);
        if (managed && (message || iq || tag.nameIs(PRESENCE))) {
            received++;
        }
        if (message) {
            message(tag);
        } else if (iq) {
            iq(tag);
        } else if (tag.nameIs(SM_REQUEST)) {
            acknowledgeReceived();
        } else if (tag.nameIs(SM_ANSWER)) {
            handled(SignIn.number(Wire.text(in, from, to), "h"));
        } else if (tag.nameIs(SM_ENABLED)) {
            enabled(tag);
        } else if (tag.nameIs(STREAM_ERROR)) {
            circle.faults.add(user + ": the server ended the stream: " + Wire.text(in, from, to));
        }
    }

    private void acknowledgeReceived() {
        connection().send("<a xmlns='" + SM + "' h='" + received + "'/>");
    }

    private void message(StartTag tag) {
        String id = tag.id();
        if (!id.matches("m[0-9]{1,9}")) {
            return;
        }
        int number = Integer.parseInt(id.substring(1));
        if (tag.typeIs(ERROR)) {
            circle.ledger.bounced(number);
        } else {
            circle.ledger.arrived(number);
        }
    }

    private void iq(StartTag tag) {
        if (tag.type().equals("get") || tag.type().equals("set")) {
            send("<iq type='result' id='" + tag.id() + (tag.hasFrom() ? "' to='" + tag.from() : "") + "'/>", -1);
        } else if (tag.id().equals("ack")) {
            acknowledge(inAck);
            inAck = new ArrayList<>();
            if (wrappingUp) {
                askForAck();
            }
        }
    }

    /** XEP-0198 §3: both sides count from here on. */
    private void enabled(StartTag tag) {
        managed = true;
        resumption = tag.id();
        received = 0;
        acknowledged = 0;
        unacknowledged.clear();
        announce();
    }

    /** XEP-0198 §4: the server has handled so many. */
    private void handled(long count) {
        for (; acknowledged < count; acknowledged++) {
            Sent sent = unacknowledged.poll();
            if (sent == null) {
                circle.faults.add(user + ": the server acknowledged more than was sent");
                return;
            }
            acknowledge(sent.message);
        }
    }

    private void acknowledge(List<Integer> messages) {
        messages.forEach(this::acknowledge);
    }

    private void acknowledge(int message) {
        if (message >= 0) {
            circle.ledger.acknowledged(message);
        }
    }

    // ---- the end ----

    /** Writes no more, but stays, or comes back, for what is still on its way. */
    void wrapUp() {
        wrappingUp = true;
        if (online && !leaving) {
            connection().channel().config().setAutoRead(true);
            askForAck();
        }
    }

    /** Says what it took, so that the server keeps none of it for another time, and goes. */
    void leaveForGood() {
        if (client != null) {
            online = false;
            if (managed) {
                acknowledgeReceived();
            }
            connection().leave();
        }
    }

    /** How often it lost its connection. */
    long breaks() {
        return breaks;
    }

    /** How often it was away. */
    long absences() {
        return absences;
    }

    /** How often it read nothing for a while. */
    long stalls() {
        return stalls;
    }
}
