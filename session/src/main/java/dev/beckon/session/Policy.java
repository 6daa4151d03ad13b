package dev.beckon.session;

import java.util.List;

/** Who may ring, and who is accepted without asking. Read at each invitation, so changes count at once. */
public interface Policy {
    /** Whether an invitation from this person may ring; by default contacts only. */
    boolean mayRing(String bare, boolean contact, String guid);

    /** Whether a plain message from this person is taken; by default those of contacts and of others who may ring. */
    default boolean mayWrite(String bare, boolean contact) {
        return contact || mayRing(bare, false, "");
    }

    /** Whether it is accepted without asking; by default never. */
    boolean acceptUnasked(String bare, boolean contact, String guid);

    /** Whether plain http download addresses are taken. By default not. */
    boolean plainHttp();

    /** What of it cannot be taken now, for {@link dev.beckon.Messenger#problems}. */
    default List<String> complaints() {
        return List.of();
    }
}
