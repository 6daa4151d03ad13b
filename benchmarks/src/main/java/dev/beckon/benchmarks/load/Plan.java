package dev.beckon.benchmarks.load;

import java.time.Duration;
import java.util.List;

/**
 * How a server is measured.
 *
 * @param pairs that invite at once in the closed loop
 * @param openPairs that the open loop has, of which those that are free take turns
 * @param rate invitations per second of the open loop
 * @param warmUp before the first round of each mode
 * @param window how long a round of the loops takes
 * @param signIns of a round
 * @param atOnce how many sign in at once
 * @param idleSteps how many idle users are signed in when memory is looked at
 * @param settle how long is waited before that
 * @param patience how long an answer may take
 * @param threads of the generator
 */
record Plan(
        int pairs,
        int openPairs,
        double rate,
        Duration warmUp,
        Duration window,
        int rounds,
        int signIns,
        int atOnce,
        List<Integer> idleSteps,
        Duration settle,
        Duration patience,
        int threads) {}
