package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.session.Carrier;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Carrier.Incoming;
import dev.beckon.session.Chat;
import dev.beckon.session.ContactList;
import dev.beckon.session.Jid;
import dev.beckon.session.LockAuthority;
import dev.beckon.session.Signal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A client with everything it heard. */
final class Device implements Carrier.Receiver, ContactList.Listener, LockAuthority.Listener {
    /** Generous: the machine may be busy with other tests. */
    static final Duration SOON = Duration.ofSeconds(30);

    final XmppClient client;
    final BlockingQueue<Incoming> received = new LinkedBlockingQueue<>();
    final BlockingQueue<Chat.Incoming> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Jid> gone = new LinkedBlockingQueue<>();
    final BlockingQueue<String> requested = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> locks = new LinkedBlockingQueue<>();
    final BlockingQueue<LockAuthority.Challenge> challenges = new LinkedBlockingQueue<>();
    /** What happened to the connection, in order. */
    final List<String> story = new CopyOnWriteArrayList<>();

    volatile Jid self;
    volatile boolean carbons;
    volatile Consumer<Incoming> answer = incoming -> incoming.reply().ack();

    volatile Consumer<Chat.Incoming> chatAnswer = message -> message.reply().ack();

    Device(XmppConfig config) {
        client = XmppClient.create(config);
        client.carrier().start(this);
        client.contacts().start(this);
        client.chat().start(message -> {
            messages.add(message);
            chatAnswer.accept(message);
        });
        client.authority().start(this);
    }

    void signIn() {
        client.connect();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(story)
                        .as(() -> client.connection().toString())
                        .contains("up"));
    }

    Receipt send(Jid to, Signal signal) {
        Receipt receipt = new Receipt();
        client.carrier().send(to, signal, receipt);
        return receipt;
    }

    Receipt say(String bare, String text) {
        Receipt receipt = new Receipt();
        client.chat().send(bare, text, receipt);
        return receipt;
    }

    Chat.Incoming nextMessage() {
        return take(messages);
    }

    Incoming next() {
        return take(received);
    }

    ContactList contacts() {
        return client.contacts();
    }

    static <T> T take(BlockingQueue<T> queue) {
        try {
            T taken = queue.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(taken).isNotNull();
            return taken;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void close() {
        client.close();
    }

    @Override
    public void up(Jid bound, boolean copies) {
        self = bound;
        carbons = copies;
        story.add("up");
    }

    @Override
    public void down(String reason) {
        story.add("down");
    }

    @Override
    public void received(Incoming incoming) {
        story.add("received");
        received.add(incoming);
        answer.accept(incoming);
    }

    @Override
    public void gone(Jid device) {
        gone.add(device);
    }

    @Override
    public void changed(String bare) {}

    @Override
    public void requested(String bare) {
        requested.add(bare);
    }

    @Override
    public void enabled(boolean locks) {
        this.locks.add(locks);
    }

    @Override
    public void challenged(LockAuthority.Challenge challenge) {
        challenges.add(challenge);
    }

    /** What became of something sent. */
    static final class Receipt implements Carrier.Receipt {
        private final CompletableFuture<Void> delivered = new CompletableFuture<>();
        private final CompletableFuture<Failure> failed = new CompletableFuture<>();

        @Override
        public void delivered() {
            assertThat(delivered.complete(null)).isTrue();
        }

        @Override
        public void failed(Failure failure) {
            assertThat(failed.complete(failure)).isTrue();
        }

        void isDelivered() {
            assertThat(delivered).succeedsWithin(SOON);
        }

        boolean isUndelivered() {
            return !delivered.isDone();
        }

        Failure failure() {
            assertThat(failed).succeedsWithin(SOON);
            return failed.join();
        }
    }
}
