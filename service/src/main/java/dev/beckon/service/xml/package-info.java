/** XML as XMPP allows it (RFC 6120 §11): checked once, read where it lies, built where the service speaks itself. */
@NullMarked
package dev.beckon.service.xml;

import org.jspecify.annotations.NullMarked;
