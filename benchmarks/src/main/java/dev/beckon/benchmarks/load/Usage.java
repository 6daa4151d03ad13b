package dev.beckon.benchmarks.load;

/** CPU time of the server, of the generator and of all else between two instants, in microseconds. */
record Usage(double seconds, double server, double generator, double machine) {
    /** Up to now, from the start of the processes. */
    static Usage sample(Processes server) {
        return new Usage(System.nanoTime() / 1e9, server.cpu(), Processes.self().cpu(), Processes.machineCpu());
    }

    Usage since(Usage before) {
        return new Usage(
                seconds - before.seconds,
                server - before.server,
                generator - before.generator,
                machine - before.machine);
    }

    private double percent(double micros) {
        return micros / seconds / 1e4;
    }

    double serverPercent() {
        return percent(server);
    }

    double generatorPercent() {
        return percent(generator);
    }

    double machinePercent() {
        return percent(machine);
    }

    /** What neither used; 100 is one core. */
    double otherPercent() {
        return Math.max(0, percent(machine - server - generator));
    }
}
