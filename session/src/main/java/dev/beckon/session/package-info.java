/**
 * The session engine: pure state machines for sessions and the lock, and the ports through which the world reaches them.
 *
 * <p>One way in, one way out: every stanza, timer, API call and process exit becomes an event on the engine's serial
 * queue; the machine answers with effects; nothing else assigns a state. Ports never block and may be called from the
 * engine's thread alone; what they report back may come from any thread.
 */
@NullMarked
package dev.beckon.session;

import org.jspecify.annotations.NullMarked;
