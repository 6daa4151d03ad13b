/**
 * The carrier, the contact list and the lock authority over XMPP. The only module that knows Smack.
 *
 * <p>Threads: one serial thread per {@link XmppClient} owns all its state; Smack's threads and callers only hand work to
 * it. Listeners of the three ports are called on it, in the order in which things arrived.
 */
@NullMarked
package dev.beckon.xmpp;

import org.jspecify.annotations.NullMarked;
