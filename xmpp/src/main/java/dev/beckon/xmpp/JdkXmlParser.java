package dev.beckon.xmpp;

import java.io.Reader;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jivesoftware.smack.xml.XmlPullParser;
import org.jivesoftware.smack.xml.XmlPullParserException;
import org.jspecify.annotations.Nullable;

/**
 * The XML parser of the JDK, as Smack wants it. Smack's own adapter takes whatever parser the class path brings along: what
 * reads the network is not left to that.
 */
final class JdkXmlParser implements XmlPullParser {
    private static final XMLInputFactory FACTORY = XMLInputFactory.newDefaultFactory();

    static {
        FACTORY.setProperty(XMLInputFactory.IS_COALESCING, true);
        // RFC 6120 §11.1: no DTD, no entities but the five.
        FACTORY.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        FACTORY.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        FACTORY.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        // Breaking one of the JDK's limits ends the document, and with it the connection: whoever may send a stanza
        // could
        // end it at will. The bounds here are BoundedReader's and NodeReader's, which cost the sender the stanza alone.
        for (String limit : List.of("maxElementDepth", "elementAttributeLimit", "maxXMLNameLimit")) {
            FACTORY.setProperty("jdk.xml." + limit, String.valueOf(Integer.MAX_VALUE));
        }
    }

    private final XMLStreamReader reader;
    private int depth;
    /** An end counts with the next event: at an end the depth is still that of its element. */
    private boolean atEnd;

    private JdkXmlParser(XMLStreamReader reader) {
        this.reader = reader;
    }

    static JdkXmlParser of(Reader characters) throws XmlPullParserException {
        try {
            return new JdkXmlParser(FACTORY.createXMLStreamReader(characters));
        } catch (XMLStreamException e) {
            throw new XmlPullParserException(e);
        }
    }

    @Override
    public Event next() throws XmlPullParserException {
        leave();
        try {
            reader.next();
        } catch (XMLStreamException e) {
            throw new XmlPullParserException(e);
        }
        Event event = getEventType();
        switch (event) {
            case START_ELEMENT -> depth++;
            case END_ELEMENT -> atEnd = true;
            default -> {}
        }
        return event;
    }

    private void leave() {
        if (atEnd) {
            atEnd = false;
            depth--;
        }
    }

    @Override
    public String nextText() throws XmlPullParserException {
        try {
            String text = reader.getElementText();
            atEnd = true;
            return text;
        } catch (XMLStreamException e) {
            throw new XmlPullParserException(e);
        }
    }

    @Override
    public TagEvent nextTag() throws XmlPullParserException {
        leave();
        try {
            if (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
                depth++;
                return TagEvent.START_ELEMENT;
            }
            atEnd = true;
            return TagEvent.END_ELEMENT;
        } catch (XMLStreamException e) {
            throw new XmlPullParserException(e);
        }
    }

    @Override
    public Event getEventType() {
        return switch (reader.getEventType()) {
            case XMLStreamConstants.START_DOCUMENT -> Event.START_DOCUMENT;
            case XMLStreamConstants.END_DOCUMENT -> Event.END_DOCUMENT;
            case XMLStreamConstants.START_ELEMENT -> Event.START_ELEMENT;
            case XMLStreamConstants.END_ELEMENT -> Event.END_ELEMENT;
            case XMLStreamConstants.CHARACTERS -> Event.TEXT_CHARACTERS;
            case XMLStreamConstants.SPACE -> Event.IGNORABLE_WHITESPACE;
            case XMLStreamConstants.COMMENT -> Event.COMMENT;
            case XMLStreamConstants.PROCESSING_INSTRUCTION -> Event.PROCESSING_INSTRUCTION;
            case XMLStreamConstants.ENTITY_REFERENCE -> Event.ENTITY_REFERENCE;
            default -> Event.OTHER;
        };
    }

    @Override
    public int getDepth() {
        return depth;
    }

    @Override
    public String getName() {
        return reader.getLocalName();
    }

    @Override
    public QName getQName() {
        return reader.getName();
    }

    @Override
    public String getPrefix() {
        return reader.getPrefix();
    }

    @Override
    public @Nullable String getNamespace() {
        return reader.getNamespaceURI();
    }

    @Override
    public @Nullable String getNamespace(@Nullable String prefix) {
        return reader.getNamespaceContext().getNamespaceURI(prefix == null ? XMLConstants.DEFAULT_NS_PREFIX : prefix);
    }

    @Override
    public int getNamespaceCount() {
        return reader.getNamespaceCount();
    }

    @Override
    public String getNamespacePrefix(int index) {
        return reader.getNamespacePrefix(index);
    }

    @Override
    public String getNamespaceUri(int index) {
        return reader.getNamespaceURI(index);
    }

    @Override
    public String getText() {
        return reader.getText();
    }

    @Override
    public boolean isWhiteSpace() {
        return reader.isWhiteSpace();
    }

    @Override
    public int getAttributeCount() {
        return reader.getAttributeCount();
    }

    @Override
    public String getAttributeNamespace(int index) {
        return reader.getAttributeNamespace(index);
    }

    @Override
    public String getAttributeName(int index) {
        return reader.getAttributeLocalName(index);
    }

    @Override
    public QName getAttributeQName(int index) {
        return reader.getAttributeName(index);
    }

    @Override
    public String getAttributePrefix(int index) {
        return reader.getAttributePrefix(index);
    }

    @Override
    public String getAttributeType(int index) {
        return reader.getAttributeType(index);
    }

    @Override
    public String getAttributeValue(int index) {
        return reader.getAttributeValue(index);
    }

    @Override
    public @Nullable String getAttributeValue(String namespace, String name) {
        return reader.getAttributeValue(namespace, name);
    }

    @Override
    public Object getProperty(String name) {
        return reader.getProperty(name);
    }

    @Override
    public String getInputEncoding() {
        return reader.getEncoding();
    }

    @Override
    public String getPositionDescription() {
        return reader.getLocation().toString();
    }

    @Override
    public int getLineNumber() {
        return reader.getLocation().getLineNumber();
    }

    @Override
    public int getColumnNumber() {
        return reader.getLocation().getColumnNumber();
    }

    @Override
    public boolean supportsRoundtrip() {
        return false;
    }
}
