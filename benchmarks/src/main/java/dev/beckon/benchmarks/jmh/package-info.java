/** What single steps on the path of a stanza cost. To be read as ratios within one run. */
@NullMarked
package dev.beckon.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
