/**
 * The window: a page in the user's own browser, served on this computer alone, through which a person without a terminal signs in,
 * invites, is invited and chats.
 *
 * <p>{@code Server} and {@code Gate} let in whoever was let in by the user, {@code Sections} shows what the {@link
 * dev.beckon.agent.Seat} and its {@link dev.beckon.Messenger} hold, {@code Actions} does what the page asks for, {@code History} keeps
 * conversations.
 */
@NullMarked
package dev.beckon.agent.window;

import org.jspecify.annotations.NullMarked;
