/** Small files that people edit by hand and the agent rewrites: read with suspicion, written whole or not at all. */
@NullMarked
package dev.beckon.agent.files;

import org.jspecify.annotations.NullMarked;
