package dev.beckon.service.store;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The Ed25519 keys the lock authority signs tickets with. The newest signs; all are published. Any thread. */
public final class SigningKeys {
    private final Database database;

    SigningKeys(Database database) {
        this.database = database;
    }

    /** The keys, newest first; the first one is made when there is none. */
    public CompletableFuture<List<SigningKey>> loaded() {
        SigningKey fresh = generate();
        return database.write(sql -> {
            if (sql.number("SELECT count(*) FROM signing_key") == 0) {
                sql.update(
                        "INSERT INTO signing_key (kid, private, public, created) VALUES (?, ?, ?, ?)",
                        fresh.kid(),
                        fresh.pair().getPrivate().getEncoded(),
                        fresh.pair().getPublic().getEncoded(),
                        System.currentTimeMillis());
            }
            return sql.all(SigningKeys::key, "SELECT * FROM signing_key ORDER BY created DESC, kid");
        });
    }

    private static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(pair.getPublic().getEncoded());
            String kid =
                    Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 16);
            return new SigningKey(kid, pair);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519 and SHA-256", e);
        }
    }

    private static SigningKey key(ResultSet row) throws SQLException {
        try {
            KeyFactory factory = KeyFactory.getInstance("Ed25519");
            return new SigningKey(
                    row.getString("kid"),
                    new KeyPair(
                            factory.generatePublic(new X509EncodedKeySpec(row.getBytes("public"))),
                            factory.generatePrivate(new PKCS8EncodedKeySpec(row.getBytes("private")))));
        } catch (GeneralSecurityException e) {
            throw new SQLException("the signing key " + row.getString("kid") + " cannot be read", e);
        }
    }

    /** A key pair and the name tickets call it by. */
    public record SigningKey(String kid, KeyPair pair) {
        /** Says nothing of the private key. */
        @Override
        public String toString() {
            return "SigningKey[" + kid + "]";
        }
    }
}
