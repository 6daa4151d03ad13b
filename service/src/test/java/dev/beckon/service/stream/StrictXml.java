package dev.beckon.service.stream;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.ext.DefaultHandler2;

/**
 * What others make of the same bytes: the JDK's parser, namespaces on and all that XMPP forbids (RFC 6120 §11) refused, and Aalto.
 * Neither shares a line with the scanner. For one thread.
 */
final class StrictXml {
    static final String STREAM =
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    static final String STREAM_ENDS = "</stream:stream>";

    /** Both parsers keep the names they have met: after so many documents they are made anew. */
    private static final int DOCUMENTS = 2_000;

    /** An element as anybody would compare it: neighbouring text joined, attributes in the order of their names. */
    record Node(String namespace, String name, Map<String, String> attributes, List<Object> content) {
        static Node of(Element element) {
            Node node = new Node(
                    element.namespace(), element.name(), new TreeMap<>(element.attributes()), new ArrayList<>());
            for (Object part : element.content()) {
                if (part instanceof Element child) {
                    node.content.add(of(child));
                } else {
                    node.text((String) part);
                }
            }
            return node;
        }

        /** The same with another value for an attribute. */
        Node with(String attribute, String value) {
            Map<String, String> changed = new TreeMap<>(attributes);
            changed.put(attribute, value);
            return new Node(namespace, name, changed, content);
        }

        /** The same without an attribute. */
        Node without(String attribute) {
            Map<String, String> changed = new TreeMap<>(attributes);
            changed.remove(attribute);
            return new Node(namespace, name, changed, content);
        }

        List<Node> children() {
            return content.stream()
                    .filter(Node.class::isInstance)
                    .map(Node.class::cast)
                    .toList();
        }

        private void text(String more) {
            int last = content.size() - 1;
            if (last >= 0 && content.get(last) instanceof String before) {
                content.set(last, before + more);
            } else if (!more.isEmpty()) {
                content.add(more);
            }
        }
    }

    private XMLReader jdk = newJdk();
    private InputFactoryImpl aalto = new InputFactoryImpl();
    private int documents;

    private static XMLReader newJdk() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newSAXParser().getXMLReader();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The one element that these bytes are in a client's stream. Throws what is wrong with them. */
    Node element(byte[] bytes) throws SAXException {
        Node stream = document(concat(STREAM, bytes, STREAM_ENDS));
        if (stream.content.size() != 1 || stream.children().size() != 1) {
            throw new SAXException("not one element: " + stream.content.size());
        }
        return stream.children().get(0);
    }

    /** The tree of a document. Throws what is wrong with it. */
    Node document(byte[] bytes) throws SAXException {
        renew();
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new SAXException("not UTF-8", e);
        }
        Tree tree = new Tree();
        try {
            jdk.setContentHandler(tree);
            jdk.setErrorHandler(tree);
            jdk.setEntityResolver(tree);
            jdk.setProperty("http://xml.org/sax/properties/lexical-handler", tree);
            jdk.parse(new InputSource(new StringReader(text)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree.root;
    }

    /** Whether Aalto, fed in two pieces, takes these bytes up to the end of the outermost element. */
    boolean aaltoTakes(byte[] bytes) {
        renew();
        AsyncXMLStreamReader<AsyncByteArrayFeeder> reader = aalto.createAsyncForByteArray();
        try {
            int half = bytes.length / 2;
            reader.getInputFeeder().feedInput(bytes, 0, half);
            int depth = 0;
            boolean fed = false;
            while (true) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> depth++;
                    case XMLStreamConstants.END_ELEMENT -> {
                        if (--depth == 0) {
                            return true;
                        }
                    }
                    case AsyncXMLStreamReader.EVENT_INCOMPLETE -> {
                        if (fed) {
                            return false;
                        }
                        fed = true;
                        reader.getInputFeeder().feedInput(bytes, half, bytes.length);
                    }
                    default -> {}
                }
            }
        } catch (XMLStreamException e) {
            return false;
        } finally {
            close(reader);
        }
    }

    private static void close(AsyncXMLStreamReader<AsyncByteArrayFeeder> reader) {
        try {
            reader.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void renew() {
        if (++documents % DOCUMENTS == 0) {
            jdk = newJdk();
            aalto = new InputFactoryImpl();
        }
    }

    static byte[] concat(String before, byte[] bytes, String after) {
        byte[] first = before.getBytes(StandardCharsets.UTF_8);
        byte[] last = after.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[first.length + bytes.length + last.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(bytes, 0, all, first.length, bytes.length);
        System.arraycopy(last, 0, all, first.length + bytes.length, last.length);
        return all;
    }

    private static final class Tree extends DefaultHandler2 {
        private final Deque<Node> open = new ArrayDeque<>();
        private Node root = new Node("", "", Map.of(), List.of());

        @Override
        public void startElement(String uri, String local, String qualified, Attributes attributes) {
            Map<String, String> values = new TreeMap<>();
            for (int i = 0; i < attributes.getLength(); i++) {
                values.put(key(attributes.getURI(i), attributes.getLocalName(i)), attributes.getValue(i));
            }
            Node node = new Node(uri, local, values, new ArrayList<>());
            if (!open.isEmpty()) {
                open.element().content.add(node);
            }
            open.push(node);
        }

        private static String key(String uri, String local) {
            if (uri.equals(XMLConstants.XML_NS_URI) && (local.equals("lang") || local.equals("space"))) {
                return "xml:" + local;
            }
            return uri.isEmpty() ? local : "{" + uri + "}" + local;
        }

        @Override
        public void endElement(String uri, String local, String qualified) {
            root = open.pop();
        }

        @Override
        public void characters(char[] in, int from, int length) {
            open.element().text(new String(in, from, length));
        }

        @Override
        public void comment(char[] in, int from, int length) throws SAXException {
            throw new SAXException("a comment");
        }

        @Override
        public void processingInstruction(String target, String data) throws SAXException {
            throw new SAXException("a processing instruction");
        }

        @Override
        public void startDTD(String name, String publicId, String systemId) throws SAXException {
            throw new SAXException("a document type declaration");
        }

        @Override
        public void skippedEntity(String name) throws SAXException {
            throw new SAXException("an entity");
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }
}
