/** The whiteboard: two people draw together. A sample application; it links {@code beckon-local} alone. */
@NullMarked
package dev.beckon.samples.whiteboard;

import org.jspecify.annotations.NullMarked;
