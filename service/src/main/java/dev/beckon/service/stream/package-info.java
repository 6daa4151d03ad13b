/** Client connections: XML streams, TLS, SASL, resource binding (RFC 6120). */
@NullMarked
package dev.beckon.service.stream;

import org.jspecify.annotations.NullMarked;
