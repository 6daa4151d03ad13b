/** What a service counts and measures, and the text in which Prometheus reads it. Needs nothing of the service. */
@NullMarked
package dev.beckon.service.metric;

import org.jspecify.annotations.NullMarked;
