package dev.beckon.service.feature;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;

/** XML that was checked when it was stored. */
final class Kept {
    private Kept() {}

    static Element read(byte[] xml) {
        try {
            return XmlScanner.parse(xml);
        } catch (XmlException e) {
            throw new IllegalStateException("what was stored cannot be read", e);
        }
    }
}
