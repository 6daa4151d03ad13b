/** A load generator for any XMPP server: signs users in, lets them invite each other, and measures what that costs. */
@NullMarked
package dev.beckon.benchmarks.load;

import org.jspecify.annotations.NullMarked;
