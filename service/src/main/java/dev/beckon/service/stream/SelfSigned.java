package dev.beckon.service.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate that vouches for itself (RFC 5280): P-256, signed with SHA-256. The JDK can make one only through a process of its
 * keytool, which takes longer than all the rest of a first start.
 *
 * @param keys what it certifies
 * @param certificate for one domain or IP address, as alternative name and as common name
 */
record SelfSigned(KeyPair keys, X509Certificate certificate) {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int CONTEXT = 0x80;
    private static final int CONSTRUCTED = 0x20;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /** 1.2.840.10045.4.3.2, ecdsa-with-SHA256 (RFC 5758 §3.2). */
    private static final byte[] ECDSA_WITH_SHA256 =
            der(SEQUENCE, new byte[] {0x06, 8, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2});

    /** 2.5.29.17 (RFC 5280 §4.2.1.6). */
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = {0x06, 3, 0x55, 0x1D, 17};

    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
    private static final DateTimeFormatter GENERALIZED = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

    /** With new keys, valid from now on. {@code domain} is in ASCII; an IPv6 address is in brackets. */
    static SelfSigned of(String domain, int days) throws GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        KeyPair keys = generator.generateKeyPair();
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String bare = domain.replace("[", "").replace("]", "");
        // RFC 5280 appendix A.1: a common name has at most 64 characters; what counts is the alternative name.
        byte[] name = new X500Principal("CN=" + (bare.length() <= 64 ? bare : "beckon")).getEncoded();
        byte[] statement = der(
                SEQUENCE,
                // RFC 5280 §4.1.2.1: version 3, since there are extensions.
                der(CONTEXT | CONSTRUCTED, der(INTEGER, new byte[] {2})),
                // RFC 5280 §4.1.2.2: positive, at most 20 octets.
                der(INTEGER, new BigInteger(127, random).add(BigInteger.ONE).toByteArray()),
                ECDSA_WITH_SHA256,
                name,
                der(SEQUENCE, time(now), time(now.plus(days, ChronoUnit.DAYS))),
                name,
                keys.getPublic().getEncoded(),
                der(CONTEXT | CONSTRUCTED | 3, der(SEQUENCE, alternativeName(domain, bare))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate(), random);
        signature.update(statement);
        byte[] whole = der(SEQUENCE, statement, ECDSA_WITH_SHA256, der(BIT_STRING, new byte[1], signature.sign()));
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        return new SelfSigned(keys, certificate);
    }

    private static byte[] alternativeName(String domain, String bare) throws GeneralSecurityException {
        boolean isAddress = domain.startsWith("[") || domain.matches("[0-9]+(\\.[0-9]+){3}");
        try {
            byte[] name = isAddress
                    ? der(CONTEXT | IP_ADDRESS, InetAddress.getByName(bare).getAddress())
                    : der(CONTEXT | DNS_NAME, bare.getBytes(StandardCharsets.US_ASCII));
            return der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, der(SEQUENCE, name)));
        } catch (UnknownHostException e) {
            throw new GeneralSecurityException(domain + " is no IP address", e);
        }
    }

    /** RFC 5280 §4.1.2.5: two digits for the year through 2049. */
    private static byte[] time(Instant instant) {
        var time = instant.atOffset(ZoneOffset.UTC);
        boolean isShort = time.getYear() < 2050;
        String text = time.format(isShort ? UTC : GENERALIZED);
        return der(isShort ? UTC_TIME : GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** X.690 §8.1: tag, length, contents. */
    private static byte[] der(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] part : contents) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] part : contents) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
