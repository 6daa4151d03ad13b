/** The {@code beckon} command: one class per command; {@link dev.beckon.cli.Exit} holds the exit codes. */
@NullMarked
package dev.beckon.cli;

import org.jspecify.annotations.NullMarked;
