package dev.beckon.service.route;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.route.Hooks.IqHandler;
import dev.beckon.service.route.StanzaError.Condition;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets handlers answer requests, now or later, and answers for them if they fail. */
final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
    private static final long LONGEST_SECONDS = 30;

    private final Consumer<Stanza> back;
    private final Jid self;

    Requests(Delivery delivery, Jid self) {
        this(delivery::back, self);
    }

    /** {@code back} takes the answers. */
    Requests(Consumer<Stanza> back, Jid self) {
        this.back = back;
        this.self = self;
    }

    /** Completes when the answer has been sent. */
    CompletionStage<?> answer(IqHandler handler, Request request) {
        Reply reply;
        try {
            reply = handler.handle(request);
        } catch (RuntimeException e) {
            reply = failed(request, e);
        }
        if (reply instanceof Reply.Later later) {
            return later.reply()
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(e -> failed(request, e))
                    .thenAccept(answer -> send(request, answer));
        }
        send(request, reply);
        return DONE;
    }

    private void send(Request request, Reply reply) {
        Stanza stanza = request.stanza();
        Jid from = stanza.to() == null ? request.account() : self;
        if (reply instanceof Reply.Result result) {
            back.accept(stanza.result(result.payload(), from));
        } else if (reply instanceof Reply.Failure failure) {
            back.accept(stanza.error(failure.error(), from));
        } else {
            LOG.error("a handler of {} answered later than later", stanza.payload());
            back.accept(stanza.error(StanzaError.of(Condition.INTERNAL_SERVER_ERROR), from));
        }
    }

    private static Reply failed(Request request, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof RejectedExecutionException) {
            return Reply.error(Condition.RESOURCE_CONSTRAINT, "the service is busy, try again in a while");
        }
        LOG.error("cannot answer {} for {}", request.stanza().payload(), request.account(), cause);
        return Reply.error(Condition.INTERNAL_SERVER_ERROR);
    }
}
