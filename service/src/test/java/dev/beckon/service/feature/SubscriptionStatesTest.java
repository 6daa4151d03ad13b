package dev.beckon.service.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.feature.SubscriptionStates.Kind;
import dev.beckon.service.feature.SubscriptionStates.Step;
import dev.beckon.service.store.RosterItem;
import dev.beckon.service.store.Subscription;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** RFC 6121 Appendix A, table by table. A row: existing state, whether the stanza is routed or delivered, new state ("=": the same). */
class SubscriptionStatesTest {
    private static final byte[] REQUEST = {'<', 'x', '/', '>'};

    // RFC 6121 §A.2.1, §A.2.2, §A.2.3, §A.2.4
    private static final String OUTBOUND_SUBSCRIBE = """
            None                  | yes | None + Pending Out
            None + Pending Out    | yes | =
            None + Pending In     | yes | None + Pending Out+In
            None + Pending Out+In | yes | =
            To                    | yes | =
            To + Pending In       | yes | =
            From                  | yes | From + Pending Out
            From + Pending Out    | yes | =
            Both                  | yes | =
            """;
    private static final String OUTBOUND_UNSUBSCRIBE = """
            None                  | yes | =
            None + Pending Out    | yes | None
            None + Pending In     | yes | =
            None + Pending Out+In | yes | None + Pending In
            To                    | yes | None
            To + Pending In       | yes | None + Pending In
            From                  | yes | =
            From + Pending Out    | yes | From
            Both                  | yes | From
            """;
    private static final String OUTBOUND_SUBSCRIBED = """
            None                  | no  | =
            None + Pending Out    | no  | =
            None + Pending In     | yes | From
            None + Pending Out+In | yes | From + Pending Out
            To                    | no  | =
            To + Pending In       | yes | Both
            From                  | no  | =
            From + Pending Out    | no  | =
            Both                  | no  | =
            """;
    private static final String OUTBOUND_UNSUBSCRIBED = """
            None                  | no  | =
            None + Pending Out    | no  | =
            None + Pending In     | yes | None
            None + Pending Out+In | yes | None + Pending Out
            To                    | no  | =
            To + Pending In       | yes | To
            From                  | yes | None
            From + Pending Out    | yes | None + Pending Out
            Both                  | yes | To
            """;

    // RFC 6121 §A.3.1, §A.3.2, §A.3.3, §A.3.4
    private static final String INBOUND_SUBSCRIBE = """
            None                  | yes | None + Pending In
            None + Pending Out    | yes | None + Pending Out+In
            None + Pending In     | no  | =
            None + Pending Out+In | no  | =
            To                    | yes | To + Pending In
            To + Pending In       | no  | =
            From                  | no  | =
            From + Pending Out    | no  | =
            Both                  | no  | =
            """;
    private static final String INBOUND_UNSUBSCRIBE = """
            None                  | no  | =
            None + Pending Out    | no  | =
            None + Pending In     | yes | None
            None + Pending Out+In | yes | None + Pending Out
            To                    | no  | =
            To + Pending In       | yes | To
            From                  | yes | None
            From + Pending Out    | yes | None + Pending Out
            Both                  | yes | To
            """;
    private static final String INBOUND_SUBSCRIBED = """
            None                  | no  | =
            None + Pending Out    | yes | To
            None + Pending In     | no  | =
            None + Pending Out+In | yes | To + Pending In
            To                    | no  | =
            To + Pending In       | no  | =
            From                  | no  | =
            From + Pending Out    | yes | Both
            Both                  | no  | =
            """;
    private static final String INBOUND_UNSUBSCRIBED = """
            None                  | no  | =
            None + Pending Out    | yes | None
            None + Pending In     | no  | =
            None + Pending Out+In | yes | None + Pending In
            To                    | yes | None
            To + Pending In       | yes | None + Pending In
            From                  | no  | =
            From + Pending Out    | yes | From
            Both                  | yes | From
            """;

    @TestFactory
    Stream<DynamicTest> theTablesOfAppendixAHold() {
        return Stream.of(
                        rows("outbound", Kind.SUBSCRIBE, OUTBOUND_SUBSCRIBE),
                        rows("outbound", Kind.UNSUBSCRIBE, OUTBOUND_UNSUBSCRIBE),
                        rows("outbound", Kind.SUBSCRIBED, OUTBOUND_SUBSCRIBED),
                        rows("outbound", Kind.UNSUBSCRIBED, OUTBOUND_UNSUBSCRIBED),
                        rows("inbound", Kind.SUBSCRIBE, INBOUND_SUBSCRIBE),
                        rows("inbound", Kind.UNSUBSCRIBE, INBOUND_UNSUBSCRIBE),
                        rows("inbound", Kind.SUBSCRIBED, INBOUND_SUBSCRIBED),
                        rows("inbound", Kind.UNSUBSCRIBED, INBOUND_UNSUBSCRIBED))
                .flatMap(rows -> rows);
    }

    private static Stream<DynamicTest> rows(String direction, Kind kind, String table) {
        List<String> lines = table.lines().toList();
        assertThat(lines).hasSize(9);
        return lines.stream().map(line -> {
            String[] cells = line.split("\\|");
            String before = cells[0].strip();
            String after = cells[2].strip().equals("=") ? before : cells[2].strip();
            return DynamicTest.dynamicTest(direction + " " + kind.wireName() + " in " + before, () -> {
                RosterItem item = item(before);
                Step step = direction.equals("outbound")
                        ? SubscriptionStates.outbound(item, kind)
                        : SubscriptionStates.inbound(item, kind, REQUEST);
                assertThat(name(step.item())).isEqualTo(after);
                assertThat(step.pass()).isEqualTo(cells[1].strip().equals("yes"));
            });
        });
    }

    @Test
    void whoMaySeeAlreadyIsToldSoAgain() {
        for (String state : List.of("From", "From + Pending Out", "Both")) {
            assertThat(SubscriptionStates.inbound(item(state), Kind.SUBSCRIBE, REQUEST)
                            .approved())
                    .as(state)
                    .isTrue();
        }
        assertThat(SubscriptionStates.inbound(item("None"), Kind.SUBSCRIBE, REQUEST)
                        .approved())
                .isFalse();
    }

    @Test
    void aYesBeforeTheQuestionAnswersIt() {
        // RFC 6121 §3.4
        RosterItem early =
                SubscriptionStates.outbound(item("None"), Kind.SUBSCRIBED).item();
        assertThat(early.approved()).isTrue();
        assertThat(early.listed()).isTrue();
        Step asked = SubscriptionStates.inbound(early, Kind.SUBSCRIBE, REQUEST);
        assertThat(asked.approved()).isTrue();
        assertThat(asked.pass()).isFalse();
        assertThat(name(asked.item())).isEqualTo("From");
        assertThat(asked.item().approved()).isFalse();
    }

    @Test
    void aYesBeforeTheQuestionCanBeTakenBack() {
        RosterItem early =
                SubscriptionStates.outbound(item("To"), Kind.SUBSCRIBED).item();
        Step back = SubscriptionStates.outbound(early, Kind.UNSUBSCRIBED);
        assertThat(back.item().approved()).isFalse();
        assertThat(back.pass()).isFalse();
    }

    @Test
    void aStrangersRequestIsKeptButNotListed() {
        Step asked = SubscriptionStates.inbound(RosterItem.absent("x@y"), Kind.SUBSCRIBE, REQUEST);
        assertThat(asked.item().listed()).isFalse();
        assertThat(asked.item().request()).isEqualTo(REQUEST);
        assertThat(SubscriptionStates.outbound(asked.item(), Kind.UNSUBSCRIBED)
                        .item()
                        .blank())
                .isTrue();
    }

    private static RosterItem item(String state) {
        String[] parts = state.split(" \\+ Pending ");
        Subscription subscription = Subscription.valueOf(parts[0].toUpperCase(Locale.ROOT));
        String pending = parts.length > 1 ? parts[1] : "";
        return RosterItem.absent("contact@example.org")
                .withListed(true)
                .withSubscription(subscription)
                .withAsk(pending.contains("Out"))
                .withRequest(pending.contains("In") ? new byte[] {1} : null);
    }

    private static String name(RosterItem item) {
        String base = switch (item.subscription()) {
            case NONE -> "None";
            case TO -> "To";
            case FROM -> "From";
            case BOTH -> "Both";
        };
        if (item.ask() && item.pendingIn()) {
            return base + " + Pending Out+In";
        }
        return item.ask() ? base + " + Pending Out" : item.pendingIn() ? base + " + Pending In" : base;
    }
}
