/** HTTP as far as the service needs it: one request a connection, answered or refused within bounds. */
@NullMarked
package dev.beckon.service.http;

import org.jspecify.annotations.NullMarked;
