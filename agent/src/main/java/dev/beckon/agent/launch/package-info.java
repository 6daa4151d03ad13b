/** Starts registered applications as processes of their own and knows what becomes of them. */
@NullMarked
package dev.beckon.agent.launch;

import org.jspecify.annotations.NullMarked;
