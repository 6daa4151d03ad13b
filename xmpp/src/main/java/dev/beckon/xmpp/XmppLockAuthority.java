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
    private static final int TRIES = 3;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final Pattern MD5 = Pattern.compile("[0-9A-Fa-f]{32}");
    private static final Pattern COOKIE = Pattern.compile("-?\\d{1,19}");

    private final Serial serial;
    private final Link link;
    private final String domain;
    private final Authorities authorities;
    private final TicketJudge judge;
    private @Nullable Listener listener;
    private @Nullable Authority own;
    private long signIns;

    XmppLockAuthority(Serial serial, Link link, String bare, Set<String> trusted) {
        this.serial = serial;
        this.link = link;
        this.domain = Jids.domainOf(bare);
        this.authorities = new Authorities(link.outbox());
        this.judge = new TicketJudge(authorities, trusted);
    }

    @Override
    public void start(Listener listener) {
        serial.run(() -> this.listener = listener);
    }

    /** Signed in: finds out whether the service locks. */
    void up() {
        signIns++;
        look(signIns, 1);
    }

    void down() {
        signIns++;
    }

    private void look(long signIn, int attempt) {
        authorities.search(domain, finding -> {
            if (signIn != signIns) {
                return;
            }
            if (finding.authority() == null && !finding.certain() && attempt < TRIES) {
                serial.later(BETWEEN_TRIES.multipliedBy(attempt), () -> {
                    if (signIn == signIns) {
                        look(signIn, attempt + 1);
                    }
                });
                return;
            }
            // An authority that is only not reachable now does not open what it locks.
            if (finding.authority() != null || finding.certain()) {
                own = finding.authority();
            }
            if (listener != null) {
                listener.enabled(own != null);
            }
        });
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
        if (expires == null
                || nonce.isEmpty()
                || nonce.length() > MAX_NONCE
                || !COOKIE.matcher(cookie).matches()) {
            return null;
        }
        try {
            return new Challenge(Long.parseLong(cookie), nonce, expires);
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
            if (!link.isUp()) {
                result.completeExceptionally(offline());
                return;
            }
            if (authority == null) {
                result.completeExceptionally(new SessionException(
                        ResultCode.LOCK_DISABLED, "the service does not lock", "go on without unlocking"));
                return;
            }
            link.outbox().ask(type, authority.jid(), request, new Outbox.Answer() {
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
