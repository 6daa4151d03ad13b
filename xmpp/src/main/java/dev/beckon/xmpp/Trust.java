package dev.beckon.xmpp;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which services are believed: those whose certificate the system's authorities, or the ones named, vouch for and that
 * bears the service's domain; and those that present a certificate named itself.
 */
final class Trust implements X509TrustManager, HostnameVerifier {
    private static final long MAX_PEM_BYTES = 1 << 20;

    private final Set<X509Certificate> pinned;
    private final List<X509TrustManager> judges;

    private Trust(Set<X509Certificate> pinned, List<X509TrustManager> judges) {
        this.pinned = pinned;
        this.judges = judges;
    }

    /**
     * Trusts the system's authorities and what these PEM files hold.
     *
     * @throws SessionException E_INVALIDARG where one cannot be read
     */
    static Trust of(List<Path> files) {
        Set<X509Certificate> pinned = new HashSet<>();
        for (Path file : files) {
            pinned.addAll(read(file));
        }
        try {
            X509TrustManager system = judge(null);
            if (pinned.isEmpty()) {
                return new Trust(pinned, List.of(system));
            }
            KeyStore named = KeyStore.getInstance(KeyStore.getDefaultType());
            named.load(null, null);
            for (X509Certificate certificate : pinned) {
                named.setCertificateEntry("named-" + named.size(), certificate);
            }
            return new Trust(pinned, List.of(judge(named), system));
        } catch (GeneralSecurityException | IOException e) {
            throw new SessionException(
                    ResultCode.E_FAIL,
                    "the system's certificates cannot be read: " + e.getMessage(),
                    "repair the Java installation, or name the service's certificate");
        }
    }

    private static Collection<X509Certificate> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            if (Files.size(file) > MAX_PEM_BYTES) {
                throw new CertificateException("it is larger than a megabyte");
            }
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new CertificateException("it holds no certificate");
            }
            return found.stream().map(X509Certificate.class::cast).toList();
        } catch (IOException | CertificateException e) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG,
                    "the certificate file " + file + " cannot be read: " + e.getMessage(),
                    "name a PEM file with the service's certificate or its authority's");
        }
    }

    private static X509TrustManager judge(@Nullable KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(anchors);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager judge) {
                return judge;
            }
        }
        throw new GeneralSecurityException("this Java platform has no X.509 trust");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (chain.length > 0 && pinned.contains(chain[0])) {
            chain[0].checkValidity();
            return;
        }
        CertificateException refusal = new CertificateException("the service presented no certificate");
        for (X509TrustManager judge : judges) {
            try {
                judge.checkServerTrusted(chain, authType);
                return;
            } catch (CertificateException e) {
                refusal = e;
            }
        }
        throw refusal;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    @Override
    public boolean verify(String domain, SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate leaf
                    && (pinned.contains(leaf) || bears(leaf, domain));
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return false;
        }
    }

    // RFC 6120 §13.7.1.2, RFC 6125 §6.4: DNS names only, a wildcard for the leftmost label alone; the common name is no
    // name any more.
    static boolean bears(X509Certificate certificate, String domain) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return false;
        }
        String wanted = domain.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        String parent = dot < 0 ? "" : wanted.substring(dot);
        for (List<?> name : names) {
            boolean dns = Integer.valueOf(2).equals(name.get(0));
            boolean ip = Integer.valueOf(7).equals(name.get(0));
            if ((dns || ip) && name.get(1) instanceof String text) {
                String borne = text.toLowerCase(Locale.ROOT);
                boolean wild = dns
                        && borne.startsWith("*.")
                        && parent.indexOf('.', 1) > 0
                        && borne.substring(1).equals(parent);
                if (borne.equals(wanted) || wild) {
                    return true;
                }
            }
        }
        return false;
    }
}
