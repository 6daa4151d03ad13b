package dev.beckon.service.store;

/** What signing in needs to know of accounts. Methods block on the store: never call them on an event loop. Thread-safe. */
public interface Accounts {
    /** The SASL mechanisms an account has credentials for; a password is never kept. */
    enum Mechanism {
        SCRAM_SHA_1("SCRAM-SHA-1", "SHA-1", "HmacSHA1", 20),
        SCRAM_SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32);

        private final String wireName;
        private final String digest;
        private final String mac;
        private final int length;

        Mechanism(String wireName, String digest, String mac, int length) {
            this.wireName = wireName;
            this.digest = digest;
            this.mac = mac;
            this.length = length;
        }

        /** The SASL name, as {@code SCRAM-SHA-256}. */
        public String wireName() {
            return wireName;
        }

        /** The JDK's name of the hash, as {@code SHA-256}. */
        public String digest() {
            return digest;
        }

        /** The JDK's name of the HMAC, as {@code HmacSHA256}; PBKDF2 is {@code "PBKDF2With" + mac()}. */
        public String mac() {
            return mac;
        }

        /** Bytes in a hash. */
        public int length() {
            return length;
        }
    }

    /**
     * What a server keeps for SCRAM (RFC 5802 §3). The arrays are not to be changed.
     *
     * @param iterations of PBKDF2, at least 4096
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, compared with nothing but by MessageDigest.isEqual
    record ScramCredentials(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {}

    /**
     * The credentials of an account. An unknown one gets some too: always the same salt for the same name (derived from a secret of
     * this service) and keys that no password fits, so that nobody learns by trying which accounts exist.
     *
     * @param localpart prepared, as {@code Jid.preparedLocal} returns it
     */
    ScramCredentials credentials(String localpart, Mechanism mechanism);
}
