package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import dev.beckon.session.Call.Role;
import dev.beckon.session.SignalTable.Kind;
import dev.beckon.session.SignalTable.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of the engine against the diagram of the api, the table of the reference, and each other. */
class TablesTest {
    private static final String SID = "ca3cf894-5325-482f-a412-a6e9f832298d";
    private static final Jid ALICE = new Jid("alice@a.example", "desk");
    private static final Jid BOB = new Jid("bob@b.example", "desk");
    private static final Jid PHONE = new Jid("bob@b.example", "phone");
    private static final Set<String> SPOKEN = Set.of(Signal.Endpoint.ADDRESSES);

    @Test
    void theLegalTransitionsAreThoseOfTheDiagram() throws Exception {
        String source = Files.readString(Path.of("../api/src/main/java/dev/beckon/SessionState.java"));
        Matcher arrow = Pattern.compile("^ \\* {2}([A-Z]+) +──.*?──▶ ([A-Z]+)$", Pattern.MULTILINE)
                .matcher(source);
        Map<SessionState, Set<SessionState>> drawn = new EnumMap<>(SessionState.class);
        while (arrow.find()) {
            drawn.computeIfAbsent(SessionState.valueOf(arrow.group(1)), s -> EnumSet.noneOf(SessionState.class))
                    .add(SessionState.valueOf(arrow.group(2)));
        }
        assertThat(drawn).isEqualTo(SessionMachine.LEGAL);
    }

    /** Spec section 3, row by row; the last is what docs/wire.md adds where a retract crosses the acceptance. */
    @Test
    void theLegalTransitionsAreThoseOfTheReference() {
        Set<String> rows = new TreeSet<>(Set.of(
                "READY INVITATION",
                "INVITATION ACCEPTED",
                "ACCEPTED CONNECTED",
                "INVITATION DECLINED",
                "INVITATION CANCELLED",
                "INVITATION TERMINATED",
                "ACCEPTED TERMINATED",
                "CONNECTED TERMINATED",
                "ACCEPTED CANCELLED"));
        Set<String> legal = new TreeSet<>();
        SessionMachine.LEGAL.forEach((from, tos) -> tos.forEach(to -> legal.add(from + " " + to)));
        assertThat(legal).isEqualTo(rows);
    }

    @Test
    void finalStatesFailEveryCall() {
        for (Call call : Call.values()) {
            for (Role role : Role.values()) {
                for (SessionState state :
                        EnumSet.of(SessionState.CANCELLED, SessionState.DECLINED, SessionState.TERMINATED)) {
                    assertThat(call.refusal(state, role)).isEqualTo(ResultCode.SR_SESSION_STATE_INVALID);
                }
            }
        }
    }

    /** Every event in every state of either role: an answer, no other state than the table allows, no broken order. */
    @Test
    void everyEventHasAnAnswerInEveryState() {
        int answers = 0;
        Set<String> moves = new TreeSet<>();
        for (Role role : Role.values()) {
            for (String stage : stages(role)) {
                for (Event event : events()) {
                    SessionMachine machine = machine(role, stage);
                    SessionState before = machine.state();
                    List<Effect> effects;
                    try {
                        effects = machine.on(event);
                    } catch (SessionException refused) {
                        assertThat(machine.state())
                                .as(role + " " + stage + " " + event)
                                .isEqualTo(before);
                        answers++;
                        continue;
                    }
                    check(role + " " + stage + " " + event, event, before, machine, effects);
                    if (machine.state() != before) {
                        moves.add(before + " " + machine.state());
                    }
                    answers++;
                }
            }
        }
        assertThat(answers).isGreaterThan(500);
        Set<String> legal = new TreeSet<>();
        SessionMachine.LEGAL.forEach((from, tos) -> tos.forEach(to -> legal.add(from + " " + to)));
        assertThat(moves).as("every legal move is made by some event").isEqualTo(legal);
    }

    private static void check(
            String what, Event event, SessionState before, SessionMachine machine, List<Effect> effects) {
        SessionState after = machine.state();
        List<Happening> fired = effects.stream()
                .filter(e -> e instanceof Effect.Fire)
                .map(e -> ((Effect.Fire) e).happening())
                .toList();
        if (before.isFinal()) {
            assertThat(after).as(what).isEqualTo(before);
            assertThat(fired).as(what).isEmpty();
        }
        if (after != before) {
            assertThat(fired.get(0)).as(what).isEqualTo(new Happening.StateChanged(before));
        } else {
            assertThat(fired).as(what).noneMatch(h -> h instanceof Happening.StateChanged);
        }
        boolean ended = after.isFinal() && !before.isFinal();
        assertThat(fired.stream()
                        .filter(h -> h instanceof Happening.Termination)
                        .count())
                .as(what)
                .isEqualTo(ended ? 1 : 0);
        if (ended) {
            assertThat(fired.get(fired.size() - 1)).as(what).isInstanceOf(Happening.Termination.class);
            assertThat(effects).as(what).contains(new Effect.End());
        }
        if (event instanceof Event.Received received) {
            long replies = effects.stream()
                    .filter(e -> e instanceof Effect.Ack || e instanceof Effect.Refuse)
                    .count();
            assertThat(replies).as(what).isEqualTo(1);
            if (received.from().equals(PHONE) && !received.signal().getClass().equals(Signal.Malformed.class)) {
                boolean bound = before == SessionState.ACCEPTED || before == SessionState.CONNECTED;
                if (bound) {
                    assertThat(after).as(what).isEqualTo(before);
                }
            }
        }
    }

    private static List<String> stages(Role role) {
        List<String> stages = new ArrayList<>(
                List.of("INVITATION", "ACCEPTED", "NEGOTIATING", "CONNECTED", "CANCELLED", "DECLINED", "TERMINATED"));
        if (role == Role.INVITER) {
            stages.add(0, "READY");
        }
        return stages;
    }

    private static Signal.Propose propose(String sid) {
        Instant sent = Instant.parse("2026-11-20T12:00:00Z");
        return new Signal.Propose(sid, BOARD, "Board", "https://b.example/", sent, sent.plusSeconds(120), "x", null);
    }

    private static final Signal.Endpoint HERE = new Signal.Endpoint("192.0.2.1", Signal.Endpoint.ADDRESSES);
    private static final Signal.Endpoint THERE = new Signal.Endpoint("192.0.2.2", Signal.Endpoint.ADDRESSES);
    private static final Ending CANCEL = new Ending(Reason.CANCEL, null, null, false);

    /** A machine led to a stage by what would lead it there. */
    private static SessionMachine machine(Role role, String stage) {
        SessionMachine machine = role == Role.INVITER
                ? SessionMachine.ready(SID, ALICE, Settings.DEFAULT, SPOKEN)
                : SessionMachine.invited(propose(SID), BOB, ALICE, Settings.DEFAULT, SPOKEN);
        Map<String, List<Event>> way = new HashMap<>();
        if (role == Role.INVITER) {
            machine.invitee(Jid.bare(BOB.bare()));
            List<Event> invited = List.of(new Event.Invite(propose(SID)));
            List<Event> accepted = and(invited, new Event.Received(BOB, new Signal.Proceed(SID, null)));
            List<Event> negotiating = and(accepted, new Event.Owned(false), new Event.PathReady(HERE));
            way.put("READY", List.of());
            way.put("INVITATION", invited);
            way.put("ACCEPTED", accepted);
            way.put("NEGOTIATING", negotiating);
            way.put(
                    "CONNECTED",
                    and(
                            negotiating,
                            new Event.Received(BOB, new Signal.Accept(SID, BOARD, THERE)),
                            new Event.PathConnected("192.0.2.2")));
            way.put("CANCELLED", and(invited, new Event.Cancel(ResultCode.S_OK, null)));
            way.put("DECLINED", and(invited, new Event.Received(BOB, new Signal.Reject(SID, CANCEL))));
            way.put("TERMINATED", and(negotiating, new Event.Cancel(ResultCode.S_OK, null)));
        } else {
            List<Event> rung = List.of(new Event.Offered(java.time.Duration.ofSeconds(120), true));
            List<Event> accepted = and(rung, new Event.Accept(null, true));
            List<Event> negotiating = and(
                    accepted,
                    new Event.Owned(false),
                    new Event.Received(BOB, new Signal.Initiate(SID, BOARD, THERE)),
                    new Event.PathReady(HERE));
            way.put("INVITATION", rung);
            way.put("ACCEPTED", accepted);
            way.put("NEGOTIATING", negotiating);
            way.put("CONNECTED", and(negotiating, new Event.PathConnected("192.0.2.2")));
            way.put("CANCELLED", and(rung, new Event.Received(BOB, new Signal.Retract(SID, CANCEL))));
            way.put("DECLINED", and(rung, new Event.Decline(null)));
            way.put("TERMINATED", and(negotiating, new Event.Cancel(ResultCode.S_OK, null)));
        }
        way.get(stage).forEach(machine::on);
        String expected = stage.equals("NEGOTIATING") ? "ACCEPTED" : stage;
        assertThat(machine.state()).as(role + " " + stage).isEqualTo(SessionState.valueOf(expected));
        return machine;
    }

    private static List<Event> and(List<Event> before, Event... more) {
        List<Event> all = new ArrayList<>(before);
        all.addAll(List.of(more));
        return all;
    }

    private static List<Signal> signals() {
        return List.of(
                propose(SID),
                new Signal.Ringing(SID, true),
                new Signal.AppMissing(SID),
                new Signal.Proceed(SID, "p"),
                new Signal.Reject(SID, CANCEL),
                new Signal.Reject(SID, Endings.tieBreak()),
                new Signal.Retract(SID, CANCEL),
                new Signal.Retract(SID, Endings.tieBreak()),
                new Signal.Finish(SID, CANCEL),
                new Signal.Initiate(SID, BOARD, THERE),
                new Signal.Accept(SID, BOARD, THERE),
                new Signal.ContextData(SID, "c"),
                new Signal.Ping(SID),
                new Signal.Terminate(SID, CANCEL),
                new Signal.Malformed(SID, true, "session-terminate", "", "bad-request", "?"),
                new Signal.Malformed(SID, false, "proceed", "", "bad-request", "?"));
    }

    private static List<Event> events() {
        List<Event> events = new ArrayList<>(List.of(
                new Event.Invite(propose(SID)),
                new Event.Accept("d", true),
                new Event.Accept("d", false),
                new Event.Decline("d"),
                new Event.Cancel(ResultCode.S_OK, "d"),
                new Event.Cancel(ResultCode.E_FAIL, null),
                new Event.SendContext("c"),
                new Event.AnsweredElsewhere(),
                new Event.Outranked(BOB, propose("00000000-0000-0000-0000-000000000000")),
                new Event.Up(ALICE),
                new Event.Up(new Jid(ALICE.bare(), "other")),
                new Event.Down(),
                new Event.Gone(BOB),
                new Event.Gone(PHONE),
                new Event.Installed(),
                new Event.Shutdown(),
                new Event.Owned(true),
                new Event.Owned(false),
                new Event.LaunchApproved(),
                new Event.LaunchFailed("?"),
                new Event.Attached(),
                new Event.AddressChosen("192.0.2.9"),
                new Event.OwnerLost(),
                new Event.PathReady(HERE),
                new Event.PathConnected("192.0.2.2"),
                new Event.PathFailed("?")));
        for (Event.Clock clock : Event.Clock.values()) {
            events.add(new Event.Elapsed(clock));
        }
        for (Signal signal : signals()) {
            events.add(new Event.Received(BOB, signal));
            events.add(new Event.Received(PHONE, signal));
            events.add(new Event.Received(new Jid("mallory@m.example", "x"), signal));
            events.add(new Event.Delivered(signal));
            for (String condition :
                    List.of("item-not-found", "bad-request", "service-unavailable", Carrier.Failure.OFFLINE)) {
                events.add(new Event.Failed(signal, new Carrier.Failure(condition, null)));
            }
            events.add(new Event.Failed(signal, new Carrier.Failure("service-unavailable", BOB)));
        }
        return events;
    }

    @Test
    void theOtherSidesAddressIsReadOnlyWhereItWasConnectedOnce() {
        SessionMachine connected = machine(Role.INVITEE, "CONNECTED");
        connected.on(new Event.Cancel(ResultCode.S_OK, null));
        assertThat(connected.negotiation.reached()).isEqualTo("192.0.2.2");
        SessionMachine never = machine(Role.INVITER, "NEGOTIATING");
        never.on(new Event.PathConnected("192.0.2.2"));
        never.on(new Event.Cancel(ResultCode.S_OK, null));
        assertThat(never.negotiation.reached()).isNull();
    }

    @Test
    void everySignalHasAVerdict() {
        for (Kind kind : Kind.values()) {
            for (Role role : Role.values()) {
                for (SessionState state : SessionState.values()) {
                    Verdict verdict = SignalTable.fromPeer(kind, role, state);
                    boolean repeats = kind == Kind.PROCEED || kind == Kind.PROPOSE;
                    if (state.isFinal() && kind != Kind.MALFORMED && !repeats) {
                        assertThat(verdict)
                                .as(kind + " " + role)
                                .isEqualTo(kind.isIq() ? Verdict.GONE : Verdict.IGNORE);
                    }
                }
            }
            assertThat(SignalTable.fromOther(kind, true)).isNotEqualTo(Verdict.TAKE);
        }
    }

    @Test
    void codesAndReasonsAreThoseOfTheTable() {
        Map<ResultCode, Reason> table = Map.of(
                ResultCode.S_OK, Reason.SUCCESS,
                ResultCode.SR_INVITATION_DECLINED, Reason.DECLINE,
                ResultCode.SR_SESSION_CANCELLED_REMOTE, Reason.CANCEL,
                ResultCode.SR_CANCEL_BEFORE_CONNECT, Reason.CANCEL,
                ResultCode.SR_SESSION_TIMEOUT, Reason.EXPIRED,
                ResultCode.SR_CONNECTION_FAILURE, Reason.CONNECTIVITY_ERROR,
                ResultCode.SR_APPLICATION_LAUNCH_FAILED, Reason.FAILED_APPLICATION,
                ResultCode.SR_APP_NOT_REGISTERED, Reason.UNSUPPORTED_APPLICATIONS,
                ResultCode.SR_AUTHENTICATION_FAILED, Reason.SECURITY_ERROR,
                ResultCode.E_INVALIDARG, Reason.GENERAL_ERROR);
        table.forEach((code, reason) -> {
            Ending ending = Endings.of(code, null);
            assertThat(ending.reason()).isEqualTo(reason);
            assertThat(ending.code()).isEqualTo(code.number());
            assertThat(Endings.code(ending, SessionState.CONNECTED)).isEqualTo(code);
        });
        Ending bare = new Ending(Reason.CANCEL, null, null, false);
        assertThat(Endings.code(bare, SessionState.INVITATION)).isEqualTo(ResultCode.SR_SESSION_CANCELLED_REMOTE);
        assertThat(Endings.code(bare, SessionState.ACCEPTED)).isEqualTo(ResultCode.SR_CANCEL_BEFORE_CONNECT);
        assertThat(Endings.code(bare, SessionState.CONNECTED)).isEqualTo(ResultCode.SR_SESSION_CANCELLED_REMOTE);
        assertThat(Endings.code(new Ending(Reason.BUSY, null, null, false), SessionState.INVITATION))
                .isEqualTo(ResultCode.SR_INVITATION_DECLINED);
        assertThat(Endings.code(new Ending(Reason.CANCEL, 0x12345678, null, false), SessionState.CONNECTED))
                .isEqualTo(ResultCode.E_FAIL);
    }
}
