package dev.beckon.xmpp;

import java.io.IOException;
import java.io.StringReader;
import org.jivesoftware.smack.xml.XmlPullParser;
import org.jivesoftware.smack.xml.XmlPullParserException;

/** Reads XML as a stream's reader does. */
final class Xml {
    private Xml() {}

    static Node node(String xml) {
        try {
            return read(xml).node();
        } catch (XmlPullParserException | IOException e) {
            throw new AssertionError(xml, e);
        }
    }

    /** The first child of a stream that holds this. */
    static NodeReader.Read read(String xml) throws XmlPullParserException, IOException {
        XmlPullParser parser = JdkXmlParser.of(new StringReader("<stream xmlns='jabber:client'>" + xml + "</stream>"));
        for (int starts = 0; starts < 2; ) {
            switch (parser.next()) {
                case START_ELEMENT -> starts++;
                case END_DOCUMENT -> throw new IOException("no element");
                default -> {}
            }
        }
        NodeReader.Read read = NodeReader.read(parser);
        if (parser.getEventType() != XmlPullParser.Event.END_ELEMENT || parser.getDepth() != 2) {
            throw new AssertionError("the parser does not stand at the end of the element");
        }
        return read;
    }

    /** Through text and back. */
    static Node again(Node node) {
        return node(node.xml(Names.CLIENT));
    }
}
