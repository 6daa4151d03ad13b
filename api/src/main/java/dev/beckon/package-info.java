/** The objects an application sees: sessions, contacts, the lock. */
@NullMarked
package dev.beckon;

import org.jspecify.annotations.NullMarked;
