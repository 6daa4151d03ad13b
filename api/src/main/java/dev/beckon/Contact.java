package dev.beckon;

/**
 * A person one can invite. Asking twice for the same sign-in name gives the same object; having one does not add it to
 * the contact list.
 *
 * <p>Thread: any. Source: MessengerContact.
 */
public interface Contact {
    /** The address, {@code name@domain}; at most 129 characters. */
    String signInName();

    /** What the user calls this contact; the sign-in name where there is no other. */
    String friendlyName();

    /** The service this contact signs in to: the domain. */
    String serviceId();

    /** The service's name as people know it; the domain where there is no other. */
    String serviceName();

    /** Whether and how this contact can be reached now. UNKNOWN for somebody who is not in the contact list. */
    ContactStatus status();

    /** True for the signed-in user. */
    boolean isSelf();

    /** True where this contact is in the contact list. */
    boolean isListed();

    /** True where nothing this contact sends is let through. */
    boolean blocked();

    /**
     * Blocks or unblocks.
     *
     * @throws SessionException MSGR_E_NOT_LOGGED_ON, E_FAIL (the service cannot)
     */
    void setBlocked(boolean blocked);
}
