/**
 * The lock-and-key authority: it decides which applications may use sessions here, and signs tickets that say so.
 *
 * <p>It is an entity of its own beside the domain, {@code lock.<domain>}, as it is when it attaches to another server.
 */
@NullMarked
package dev.beckon.service.lock;

import org.jspecify.annotations.NullMarked;
