/** The applications registered on this computer: one small file each, which people may edit by hand. */
@NullMarked
package dev.beckon.agent.registry;

import org.jspecify.annotations.NullMarked;
