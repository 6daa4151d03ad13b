package dev.beckon.xmpp;

import dev.beckon.xmpp.Authorities.Authority;
import dev.beckon.xmpp.Authorities.Finding;
import java.security.PublicKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Judges the tickets of invitations. For the serial thread. */
final class TicketJudge {
    private static final int MAX_VERIFIED = 256;

    private final Authorities authorities;
    private final Set<String> trusted;
    /** Tickets whose signature was found good, with the authority that made it. */
    private final Map<String, Authority> verified = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Authority> eldest) {
            return size() > MAX_VERIFIED;
        }
    };

    /** @param trusted authorities whose tickets count for users of any domain */
    TicketJudge(Authorities authorities, Set<String> trusted) {
        this.authorities = authorities;
        this.trusted = trusted;
    }

    /** Says what is wrong with it, or nothing. */
    void judge(String jws, String fromBare, String guid, Consumer<String> verdict) {
        SignedTicket ticket;
        try {
            ticket = SignedTicket.parse(jws);
        } catch (Malformation e) {
            verdict.accept("the ticket is malformed: " + e.problem());
            return;
        }
        String objection = ticket.objection(fromBare, guid, Instant.now());
        if (!objection.isEmpty()) {
            verdict.accept(objection);
            return;
        }
        Authority maker = verified.get(jws);
        if (maker != null) {
            verdict.accept(environment(ticket, maker));
            return;
        }
        // The authority of the sender's own domain, or one the operator names.
        String where = trusted.contains(ticket.issuer()) ? ticket.issuer() : Jids.domainOf(fromBare);
        authorities.find(where, finding -> {
            Authority authority = finding.authority();
            if (authority != null && !authority.keys().containsKey(ticket.kid())) {
                // Authorities change their keys: look once more.
                authorities.refresh(where, again -> verdict.accept(judge(jws, ticket, again)));
            } else {
                verdict.accept(judge(jws, ticket, finding));
            }
        });
    }

    private String judge(String jws, SignedTicket ticket, Finding finding) {
        Authority authority = finding.authority();
        if (authority == null) {
            return finding.certain()
                    ? "the sender's service has no lock authority"
                    : "the ticket's authority cannot be reached";
        }
        if (!authority.jid().toString().equals(ticket.issuer())) {
            return "the ticket is of an authority that is not trusted";
        }
        PublicKey key = authority.keys().get(ticket.kid());
        if (key == null) {
            return "the ticket is signed with a key its authority does not publish";
        }
        if (!ticket.isSignedBy(key)) {
            return "the ticket's signature is wrong";
        }
        verified.put(jws, authority);
        return environment(ticket, authority);
    }

    private static String environment(SignedTicket ticket, Authority authority) {
        return ticket.environment().equals(authority.environment())
                ? ""
                : "the ticket is for another environment (" + ticket.environment() + ")";
    }
}
