/**
 * The Messenger client, one per user: signs in, keeps the registered applications, launches them, serves the local API.
 *
 * <p>This package composes; what it composes lives in the other modules and in {@code registry} and {@code launch}.
 */
@NullMarked
package dev.beckon.agent;

import org.jspecify.annotations.NullMarked;
