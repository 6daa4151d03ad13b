package dev.beckon.xmpp;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Jid;
import dev.beckon.session.LockAuthority;
import dev.beckon.xmpp.Authorities.Authority;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@link LockAuthority} over a {@link Link}. */
final class XmppLockAuthority implements LockAuthority {
    private static final int MAX_NONCE = 512;
    private static final int MAX_APP_ID = 256;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Pattern MD5 = Pattern.compile("[0-9A-Fa-f]{32}");
    private static final Pattern COOKIE = Pattern.compile("-?\\d{1,19}");

    private final Serial serial;
    private final Outbox outbox;
    private final Duration firstPause;
    private final String domain;
    private final Authorities authorities;
    private final TicketJudge judge;
    private @Nullable Listener listener;
    private @Nullable Authority own;
    /** Whether the listener was told since signing in, and what. */
    private @Nullable Boolean told;

    private boolean up;
    private long looks;
    private boolean searching;
    /** What is being searched for changed meanwhile. */
    private boolean outdated;

    XmppLockAuthority(Serial serial, Outbox outbox, String bare, Set<String> trusted) {
        this(serial, outbox, bare, trusted, FIRST_PAUSE);
    }

    /** @param firstPause until an authority that could not be reached is looked for again; doubled each time */
    XmppLockAuthority(Serial serial, Outbox outbox, String bare, Set<String> trusted, Duration firstPause) {
        this.serial = serial;
        this.outbox = outbox;
        this.firstPause = firstPause;
        this.domain = Jids.domainOf(bare);
        this.authorities = new Authorities(outbox);
        this.judge = new TicketJudge(authorities, trusted);
    }

    @Override
    public void start(Listener listener) {
        serial.run(() -> this.listener = listener);
    }

    /** Signed in: finds out whether the service locks. */
    void up() {
        up = true;
        told = null;
        look();
    }

    void down() {
        up = false;
        looks++;
    }

    private void look() {
        looks++;
        look(looks, firstPause);
    }

    /** Until somebody answers for certain, nothing is told: what cannot be reached may lock. */
    private void look(long look, Duration pause) {
        searching = true;
        outdated = false;
        authorities.search(domain, finding -> {
            searching = false;
            if (look != looks) {
                return;
            }
            if (outdated) {
                look();
                return;
            }
            if (finding.authority() != null || finding.certain()) {
                found(finding.authority());
                return;
            }
            serial.later(pause, () -> {
                if (look == looks) {
                    Duration doubled = pause.multipliedBy(2);
                    look(look, doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE);
                }
            });
        });
    }

    private void found(@Nullable Authority authority) {
        own = authority;
        boolean locks = authority != null;
        // To be told again would close what is open.
        if (listener != null && !Boolean.valueOf(locks).equals(told)) {
            told = locks;
            listener.enabled(locks);
        }
    }

    /**
     * The service says that its authority is not what it was. From anywhere within one's own domain this is taken for a
     * hint to look again, no more, so that whoever sends it gains nothing.
     */
    void changed(Jid from) {
        if (up
                && from.bare().indexOf('@') < 0
                && (from.bare().equals(domain) || from.bare().endsWith("." + domain))) {
            if (searching) {
                outdated = true;
            } else {
                look();
            }
        }
    }

    /** A message with a challenge came in. */
    void challenged(Jid from, Node element) {
        if (own == null || !own.jid().equals(from) || listener == null) {
            return;
        }
        @Nullable Challenge challenge = challenge(element);
        if (challenge != null) {
            listener.challenged(challenge);
        }
    }

    private static @Nullable Challenge challenge(@Nullable Node element) {
        if (element == null) {
            return null;
        }
        String cookie = element.attributes().getOrDefault("cookie", "");
        String nonce = element.attributes().getOrDefault("nonce", "");
        Instant expires = Text.parseTime(element.attribute("expires"));
        @Nullable String appId = element.attribute("app-id");
        if (expires == null
                || nonce.isEmpty()
                || nonce.length() > MAX_NONCE
                || (appId != null && appId.length() > MAX_APP_ID)
                || !COOKIE.matcher(cookie).matches()) {
            return null;
        }
        try {
            return new Challenge(Long.parseLong(cookie), nonce, expires, appId);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    @Override
    public CompletionStage<Challenge> challenge(long cookie) {
        Node request = Node.of("challenge", Names.LOCK).with("cookie", Long.toString(cookie));
        return ask("get", request, (iq, result) -> {
            Challenge challenge = challenge(iq.child("challenge", Names.LOCK));
            if (challenge == null || challenge.cookie() != cookie) {
                result.completeExceptionally(unreadable());
            } else {
                result.complete(challenge);
            }
        });
    }

    @Override
    public CompletionStage<Ticket> respond(long cookie, String appId, String response) {
        Node request = Node.of("response", Names.LOCK)
                .with("cookie", Long.toString(cookie))
                .with("app-id", appId)
                .with("mechanism", MD5.matcher(response).matches() ? "MD5" : "HMAC-SHA-256")
                .containing(response);
        return ask("set", request, (iq, result) -> {
            Node ticket = iq.child("ticket", Names.LOCK);
            try {
                String jws = ticket == null ? "" : ticket.text();
                SignedTicket read = SignedTicket.parse(jws);
                result.complete(new Ticket(jws, read.guids(), read.expires()));
            } catch (Malformation e) {
                result.completeExceptionally(unreadable());
            }
        });
    }

    private interface OnResult<T> {
        void accept(Node iq, CompletableFuture<T> result);
    }

    private <T> CompletionStage<T> ask(String type, Node request, OnResult<T> then) {
        CompletableFuture<T> result = new CompletableFuture<>();
        serial.run(() -> {
            Authority authority = own;
            if (!up) {
                result.completeExceptionally(offline());
                return;
            }
            if (authority == null && told == null) {
                result.completeExceptionally(new SessionException(
                        ResultCode.LOCK_NOTINITIALIZED,
                        "it is not known yet whether the service locks",
                        "wait for onLockEnable"));
                return;
            }
            if (authority == null) {
                result.completeExceptionally(new SessionException(
                        ResultCode.LOCK_DISABLED, "the service does not lock", "go on without unlocking"));
                return;
            }
            outbox.ask(type, authority.jid(), request, new Outbox.Answer() {
                @Override
                public void result(Node iq) {
                    then.accept(iq, result);
                }

                @Override
                public void failed(String condition, @Nullable Jid from, String text) {
                    result.completeExceptionally(failure(condition, text));
                }
            });
        });
        return result;
    }

    private static Exception failure(String condition, String text) {
        return switch (condition) {
            case Failure.OFFLINE -> offline();
            case "not-authorized" -> new Refused(text.isEmpty() ? "the response is wrong" : text);
            default ->
                new SessionException(
                        ResultCode.E_FAIL,
                        "the lock authority did not answer as it should: " + (text.isEmpty() ? condition : text),
                        "ask for a new challenge");
        };
    }

    private static SessionException offline() {
        return new SessionException(
                ResultCode.MSGR_E_NOT_LOGGED_ON, "not signed in", "try again once the client is signed in");
    }

    private static SessionException unreadable() {
        return new SessionException(
                ResultCode.E_FAIL, "the lock authority's answer cannot be read", "ask for a new challenge");
    }

    @Override
    public CompletionStage<String> judge(String ticket, String fromBare, String guid) {
        CompletableFuture<String> result = new CompletableFuture<>();
        serial.run(() -> judge.judge(ticket, fromBare, guid, result::complete));
        return result;
    }
}
