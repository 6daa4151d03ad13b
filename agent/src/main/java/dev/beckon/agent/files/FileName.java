package dev.beckon.agent.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Names of files after addresses, which may hold any character and be longer than a file's name may. */
public final class FileName {
    private static final int LONGEST = 150;

    private FileName() {}

    /**
     * The name for an address, different for different ones: the address itself in lower case where it is made of letters, digits and
     * {@code @ . - _}; else with each other byte as {@code %XX}; where that is longer than 150, a digest of it.
     */
    public static String of(String address) {
        StringBuilder name = new StringBuilder();
        for (byte b : address.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '-' || c == '_';
            // A leading dot would hide the file, or be the folder itself.
            if (plain || (c == '.' && !name.isEmpty())) {
                name.append(c);
            } else {
                name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return name.length() <= LONGEST ? name.toString() : "sha-256-" + digest(name.toString());
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
