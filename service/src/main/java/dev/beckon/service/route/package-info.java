/** Where a stanza goes (RFC 6121 §8), the sessions it may go to, and the seam at which features hook in. */
@NullMarked
package dev.beckon.service.route;

import org.jspecify.annotations.NullMarked;
