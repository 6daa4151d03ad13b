package dev.beckon.service.xml;

import static dev.beckon.service.xml.XmlException.Fault.BAD_NAMESPACE_PREFIX;
import static dev.beckon.service.xml.XmlException.Fault.POLICY_VIOLATION;

import java.util.Arrays;

/** What each prefix stands for where a scan has come to. Bounded. */
final class NamespaceScope {
    /** What every document has: {@code xml}. */
    private static final int FOR_ALL = 1;

    /** The JDK's parser takes no longer ones than some 1,000 characters. */
    static final int LONGEST = 512;

    private final int most;
    private String[] prefixes = new String[16];
    private String[] uris = new String[16];
    private int count;

    /** At most so many declarations are in scope at once. */
    NamespaceScope(int most) {
        this.most = most;
        bind("xml", Namespaces.XML);
    }

    /** To the context in which a document begins. */
    void reset() {
        leave(FOR_ALL);
    }

    /** To the context of a client's stream. */
    void resetToStream() {
        reset();
        bind("", Namespaces.CLIENT);
        bind("stream", Namespaces.STREAMS);
    }

    /** What {@link #leave} returns to. */
    int mark() {
        return count;
    }

    /** Forgets what was declared since {@code mark}. */
    void leave(int mark) {
        count = mark;
    }

    private void bind(String prefix, String uri) {
        if (count == prefixes.length) {
            prefixes = Arrays.copyOf(prefixes, 2 * count);
            uris = Arrays.copyOf(uris, 2 * count);
        }
        prefixes[count] = prefix;
        uris[count++] = uri;
    }

    /** Namespaces in XML 1.0 §3, its constraints on reserved and undeclared prefixes. */
    void declare(String prefix, String uri) throws XmlException {
        boolean reserved = uri.equals(Namespaces.XML) || uri.equals(Namespaces.XMLNS);
        if (prefix.equals("xml") ? !uri.equals(Namespaces.XML) : reserved || prefix.equals("xmlns")) {
            throw new XmlException(BAD_NAMESPACE_PREFIX, "xml and xmlns cannot be declared anew");
        }
        if (uri.length() > LONGEST) {
            throw new XmlException(POLICY_VIOLATION, "the name of a namespace is longer than " + LONGEST);
        }
        if (uri.isEmpty() && !prefix.isEmpty()) {
            throw new XmlException(BAD_NAMESPACE_PREFIX, "a prefix cannot be undeclared");
        }
        if (count == most) {
            throw new XmlException(POLICY_VIOLATION, "more than " + most + " namespace declarations are in scope");
        }
        bind(prefix, uri);
    }

    /** The namespace a prefix stands for; none for no prefix where no default is declared. */
    String uriOf(String prefix) throws XmlException {
        for (int i = count - 1; i >= 0; i--) {
            if (prefixes[i].equals(prefix)) {
                return uris[i];
            }
        }
        if (prefix.isEmpty()) {
            return "";
        }
        throw new XmlException(BAD_NAMESPACE_PREFIX, "a prefix is not declared");
    }
}
