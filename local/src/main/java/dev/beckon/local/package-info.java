/**
 * The local API: how applications on a computer reach their user's agent. {@link dev.beckon.local.Beckon} is the
 * application's side, {@link dev.beckon.local.LocalEndpoint} the agent's.
 */
@NullMarked
package dev.beckon.local;

import org.jspecify.annotations.NullMarked;
