/** What outlives the process: accounts, contact lists, keys. */
@NullMarked
package dev.beckon.service.store;

import org.jspecify.annotations.NullMarked;
