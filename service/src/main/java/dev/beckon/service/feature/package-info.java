/** What the service does beyond routing, one class per feature; each registers its handlers. */
@NullMarked
package dev.beckon.service.feature;

import org.jspecify.annotations.NullMarked;
