package dev.beckon.service.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Others see a device come before they see it go, however the two overlap. */
class PresenceOrderTest implements Session.Outlet {
    private final Workers workers = new Workers();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CompletableFuture<@Nullable Void> telling = new CompletableFuture<>();
    private final Switchboard switchboard = new Switchboard(
            Jid.of("x"),
            () -> 5,
            workers,
            List.of((hooks, router) -> hooks.presence((session, presence, before) -> {
                told.add(presence.type().isEmpty() ? "available" : presence.type());
                return told.size() == 1 ? telling : Hooks.DONE;
            })));
    private final Session session = new Session(Jid.of("alice@x/desk"), this);

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void whoVanishesWhileOthersAreStillToldIsSeenToLeaveAfterwards() {
        switchboard.bind(session);
        CompletionStage<?> coming = switchboard.accept(session, presence());
        CompletionStage<?> going = switchboard.unbind(session);
        assertThat(told).containsExactly("available");
        assertThat(going.toCompletableFuture()).isNotDone();
        telling.complete(null);
        assertThat(coming.toCompletableFuture()).isCompleted();
        assertThat(going.toCompletableFuture()).isCompleted();
        assertThat(told).containsExactly("available", "unavailable");
    }

    @Test
    void whoHasVanishedIsNotSeenAgain() {
        switchboard.bind(session);
        switchboard.accept(session, presence());
        CompletionStage<?> again = switchboard.accept(session, presence());
        switchboard.unbind(session);
        telling.complete(null);
        assertThat(again.toCompletableFuture()).isCompleted();
        assertThat(told).containsExactly("available", "unavailable");
        assertThat(session.isAvailable()).isFalse();
    }

    @Test
    void aTellingThatFailsDoesNotKeepTheLeavingFromBeingTold() {
        switchboard.bind(session);
        switchboard.accept(session, presence());
        switchboard.unbind(session);
        telling.completeExceptionally(new IllegalStateException("the disk is gone"));
        assertThat(told).containsExactly("available", "unavailable");
    }

    private static Stanza presence() {
        return Stanza.of(Element.of("presence", Namespaces.CLIENT).attribute("from", "alice@x/desk"));
    }

    @Override
    public void send(Stanza stanza) {}

    @Override
    public void close(StreamError error) {}

    @Override
    public String address() {
        return "192.0.2.1";
    }
}
