/** The Messenger service: how it is configured, started and stopped. */
@NullMarked
package dev.beckon.service;

import org.jspecify.annotations.NullMarked;
