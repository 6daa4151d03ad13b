/** What operators and their tools ask of a running service: whether it is well, and its figures. */
@NullMarked
package dev.beckon.service.admin;

import org.jspecify.annotations.NullMarked;
