package dev.beckon.benchmarks.load;

/** What is measured. The names are those of the JSON output, in lower case. */
enum Measure {
    INVITATIONS_PER_SECOND("invitations/s", 0),
    SERVER_MICROS_PER_INVITATION("server CPU, µs/invitation", 1),
    GENERATOR_MICROS_PER_INVITATION("generator CPU, µs/invitation", 1),
    FIRST_P50_MS("propose→proceed p50, ms", 3),
    FIRST_P99_MS("propose→proceed p99, ms", 3),
    FIRST_P999_MS("propose→proceed p99.9, ms", 3),
    FIRST_MAX_MS("propose→proceed max, ms", 3),
    WHOLE_P50_MS("whole invitation p50, ms", 3),
    WHOLE_P99_MS("whole invitation p99, ms", 3),
    WHOLE_P999_MS("whole invitation p99.9, ms", 3),
    GENERATOR_LATE_P99_MS("generator late p99, ms", 3),
    SIGN_INS_PER_SECOND("sign-ins/s", 0),
    SERVER_MS_PER_SIGN_IN("server CPU, ms/sign-in", 3),
    GENERATOR_MS_PER_SIGN_IN("generator CPU, ms/sign-in", 3),
    SIGN_IN_P50_MS("sign-in p50, ms", 1),
    SIGN_IN_P99_MS("sign-in p99, ms", 1),
    RESIDENT_MB_BEFORE("server memory before, MB", 1),
    RESIDENT_MB("server memory after, MB", 1),
    KB_PER_IDLE_USER("kB per idle user", 1),
    KB_PER_FURTHER_USER("kB per further idle user", 1),
    IDLE_CPU_PERCENT("server CPU while idle, %", 2),
    SERVER_CPU_PERCENT("server CPU, %", 1),
    GENERATOR_CPU_PERCENT("generator CPU, %", 1),
    OTHER_CPU_PERCENT("other CPU, %", 1);

    private final String label;
    private final int decimals;

    Measure(String label, int decimals) {
        this.label = label;
        this.decimals = decimals;
    }

    String label() {
        return label;
    }

    int decimals() {
        return decimals;
    }
}
