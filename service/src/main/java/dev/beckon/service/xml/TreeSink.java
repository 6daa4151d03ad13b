package dev.beckon.service.xml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds the tree of what a scan meets. */
final class TreeSink extends XmlScanner.Sink {
    private final Deque<Element.Builder> open = new ArrayDeque<>();
    private @Nullable Element root;

    Element root() {
        return Objects.requireNonNull(root, "nothing was scanned");
    }

    @Override
    protected void start(XmlScanner scanner, int depth, String name, String namespace, int from) {
        Element.Builder element = Element.of(name, namespace);
        for (int i = 0; i < scanner.attributeCount(); i++) {
            String prefix = scanner.attributePrefix(i);
            String local = scanner.attributeName(i);
            if (prefix.equals("xmlns")) {
                continue;
            }
            String key = prefix.isEmpty() ? local : qualified(scanner.attributeNamespace(i), local);
            element.attribute(key, scanner.attributeValue(i));
        }
        open.push(element);
    }

    private static String qualified(String namespace, String local) {
        boolean plain = namespace.equals(Namespaces.XML) && (local.equals("lang") || local.equals("space"));
        return plain ? "xml:" + local : "{" + namespace + "}" + local;
    }

    @Override
    protected void text(XmlScanner scanner, int depth, int from, int to, boolean cdata) {
        byte[] in = scanner.input();
        open.element().text(cdata ? Unescape.cdata(in, from, to) : Unescape.text(in, from, to));
    }

    @Override
    protected void end(int depth, int to) {
        Element element = open.pop().build();
        if (open.isEmpty()) {
            root = element;
        } else {
            open.element().child(element);
        }
    }
}
