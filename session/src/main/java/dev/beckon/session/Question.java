package dev.beckon.session;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks several connections at once; the first that says yes has it, and none where nobody does in time. */
final class Question {
    private final Consumer<@Nullable ClientMessenger> answer;
    private Scheduler.@Nullable Timer limit;
    private int open;
    private boolean answered;

    private Question(int open, Consumer<@Nullable ClientMessenger> answer) {
        this.open = open;
        this.answer = answer;
    }

    /** Asks, on the connections' own threads; answers on the engine's, at once where there is nobody to ask. */
    static void ask(
            Engine engine, Map<ClientMessenger, BooleanSupplier> asked, Consumer<@Nullable ClientMessenger> answer) {
        Question question = new Question(asked.size(), answer);
        if (asked.isEmpty()) {
            question.done(null);
            return;
        }
        question.limit = engine.schedule(engine.settings.answer(), () -> question.done(null));
        asked.forEach((client, supplier) -> client.dispatcher.post(() -> {
            boolean[] yes = new boolean[1];
            Dispatcher.guard(() -> yes[0] = supplier.getAsBoolean());
            engine.run(() -> question.answered(client, yes[0]));
        }));
    }

    private void answered(ClientMessenger client, boolean yes) {
        open--;
        if (yes || open == 0) {
            done(yes ? client : null);
        }
    }

    private void done(@Nullable ClientMessenger client) {
        if (answered) {
            return;
        }
        answered = true;
        if (limit != null) {
            limit.cancel();
        }
        answer.accept(client);
    }
}
