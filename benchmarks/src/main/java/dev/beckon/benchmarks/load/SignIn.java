package dev.beckon.benchmarks.load;

import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Signs a client in (RFC 6120 §4–§7) until it sees its own presence (RFC 6121 §4.4.2). */
final class SignIn implements Connection.Reader {
    private enum Step {
        CONNECT("the connection"),
        TLS_OFFER("the offer of TLS"),
        TLS_PROCEED("TLS"),
        SASL_OFFER("the offer of mechanisms"),
        CHALLENGE("the challenge"),
        SUCCESS("the end of authentication"),
        BIND_OFFER("the offer to bind a resource"),
        BOUND("its address"),
        RESUMED("its stream to go on"),
        PRESENCE("its own presence"),
        DONE("nothing");

        private final String waitsFor;

        Step(String waitsFor) {
            this.waitsFor = waitsFor;
        }
    }

    private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

    private final Client client;
    private final Server server;
    private final SignIns.Recipe recipe;
    private final Client.@Nullable Resumption resumption;
    private volatile Step step = Step.CONNECT;
    private boolean secured;
    private @Nullable Scram scram;
    private String jid = "";

    SignIn(Client client, Server server, SignIns.Recipe recipe, Client.@Nullable Resumption resumption) {
        this.client = client;
        this.server = server;
        this.recipe = recipe;
        this.resumption = resumption;
    }

    String waitsFor() {
        return step.waitsFor;
    }

    @Override
    public void connected() {
        boolean tlsFirst = server.security() == Server.Security.STARTTLS && !secured;
        step = tlsFirst ? Step.TLS_OFFER : Step.SASL_OFFER;
        open();
    }

    private void open() {
        client.connection.send("<?xml version='1.0'?><stream:stream to='" + server.domain()
                + "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>");
    }

    @Override
    public void element(byte[] in, int from, int to) {
        String element = Wire.text(in, from, to);
        try {
            if (element.startsWith("<stream:error")) {
                throw new ServerFault("the server ended the stream: " + element);
            }
            take(element);
        } catch (ServerFault e) {
            fail(e.getMessage());
        }
    }

    private void take(String element) throws ServerFault {
        switch (step) {
            case TLS_OFFER -> {
                features(element, "<starttls", "STARTTLS; try --security direct or none");
                client.connection.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
                step = Step.TLS_PROCEED;
            }
            case TLS_PROCEED -> {
                expect(element, "<proceed");
                secured = true;
                client.connection.secure();
            }
            case SASL_OFFER -> authenticate(element);
            case CHALLENGE -> {
                expect(element, "<challenge");
                client.connection.send(
                        "<response xmlns='" + SASL + "'>" + scram().answer(text(element)) + "</response>");
                step = Step.SUCCESS;
            }
            case SUCCESS -> {
                expect(element, "<success");
                scram().verify(text(element));
                scram = null;
                step = Step.BIND_OFFER;
                open();
            }
            case BIND_OFFER -> {
                features(element, "<bind", "a resource");
                client.features(element);
                bindOrResume();
            }
            case RESUMED -> {
                expect(element, "<resumed");
                step = Step.DONE;
                client.isResumed(number(element, "h"));
            }
            case BOUND -> {
                int at = element.indexOf("<jid>");
                if (at < 0 || !element.contains("@")) {
                    throw new ServerFault("no resource was bound: " + element);
                }
                jid = element.substring(at + "<jid>".length(), element.indexOf("</jid>", at));
                announce();
            }
            case PRESENCE -> {
                if (element.startsWith("<presence") && isOwn(element)) {
                    step = Step.DONE;
                    client.isSignedIn(jid);
                }
            }
            default -> {}
        }
    }

    private void announce() {
        if (recipe.presence().isEmpty()) {
            step = Step.DONE;
            client.isSignedIn(jid);
        } else {
            step = Step.PRESENCE;
            client.connection.send(recipe.presence());
        }
    }

    private void bindOrResume() {
        if (resumption == null) {
            client.connection.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>"
                    + recipe.resource() + "</resource></bind></iq>");
            step = Step.BOUND;
        } else {
            client.connection.send("<resume xmlns='urn:xmpp:sm:3' previd='" + resumption.id() + "' h='"
                    + resumption.received() + "'/>");
            step = Step.RESUMED;
        }
    }

    /** The whole number that this attribute of the first tag holds; -1 if there is none. */
    static long number(String element, String attribute) {
        Matcher matcher = Pattern.compile("^<[^>]*\\s" + attribute + "\\s*=\\s*['\"](\\d{1,10})['\"]")
                .matcher(element);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    private boolean isOwn(String presence) {
        byte[] in = Wire.bytes(presence);
        StartTag tag = client.connection.lane().tag;
        tag.read(in, 0, in.length);
        return tag.fromIs(Wire.bytes(jid)) && tag.type().isEmpty();
    }

    private void authenticate(String features) throws ServerFault {
        String mechanism = server.mechanism().wireName();
        features(
                features,
                "<mechanism>" + mechanism + "</mechanism>",
                mechanism + "; choose another with --mechanism, or other --security");
        Scram exchange = new Scram(server.mechanism(), client.user, recipe.keys(), endPoint());
        scram = exchange;
        client.connection.send(
                "<auth xmlns='" + SASL + "' mechanism='" + mechanism + "'>" + exchange.first() + "</auth>");
        step = Step.CHALLENGE;
    }

    private Scram scram() {
        return java.util.Objects.requireNonNull(scram);
    }

    /** RFC 5929 §4.1: the certificate's hash, by SHA-256 where it was signed with less. */
    private byte @Nullable [] endPoint() throws ServerFault {
        if (!server.mechanism().binds()) {
            return null;
        }
        SslHandler tls = client.connection.tls();
        if (tls == null) {
            throw new ServerFault(server.mechanism().wireName() + " needs TLS; choose --security starttls or direct");
        }
        try {
            Certificate certificate = tls.engine().getSession().getPeerCertificates()[0];
            String signed = ((X509Certificate) certificate).getSigAlgName().toUpperCase(Locale.ROOT);
            String digest =
                    signed.startsWith("SHA384") ? "SHA-384" : signed.startsWith("SHA512") ? "SHA-512" : "SHA-256";
            return MessageDigest.getInstance(digest).digest(certificate.getEncoded());
        } catch (SSLPeerUnverifiedException | GeneralSecurityException e) {
            throw new ServerFault("the server's certificate cannot be bound to: " + e.getMessage());
        }
    }

    private static void features(String element, String wanted, String what) throws ServerFault {
        expect(element, "<stream:features");
        if (!element.contains(wanted)) {
            throw new ServerFault("the server does not offer " + what + ". It offers: " + element);
        }
    }

    private static void expect(String element, String start) throws ServerFault {
        if (!element.startsWith(start)) {
            throw new ServerFault("expected " + start + "…>, the server said " + element);
        }
    }

    private static String text(String element) {
        int from = element.indexOf('>') + 1;
        int to = element.indexOf("</", from);
        return to < 0 ? "" : element.substring(from, to).strip();
    }

    @Override
    public void ended(String why) {
        fail(why);
    }

    private void fail(String why) {
        client.signedIn.completeExceptionally(
                new ServerFault(client + " could not sign in: " + why + " (waiting for " + step.waitsFor + ")"));
        client.connection.reset();
    }
}
