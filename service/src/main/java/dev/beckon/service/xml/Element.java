package dev.beckon.service.xml;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An XML element the service reads or writes itself: a name, attributes, and text and elements in order. Immutable.
 *
 * <p>Only stanzas that the service answers become elements; what is merely routed stays bytes.
 */
public final class Element {
    private final String name;
    private final String namespace;
    private final Map<String, String> attributes;
    private final List<Object> content;

    private Element(String name, String namespace, Map<String, String> attributes, List<Object> content) {
        this.name = name;
        this.namespace = namespace;
        this.attributes = attributes;
        this.content = content;
    }

    /** Begins an element; {@code name} is local (no prefix), {@code namespace} may be empty. */
    public static Builder of(String name, String namespace) {
        return new Builder(name, namespace);
    }

    /** The local name. */
    public String name() {
        return name;
    }

    /** The namespace name; empty for none. */
    public String namespace() {
        return namespace;
    }

    /** Whether this is {@code {namespace}name}. */
    public boolean is(String name, String namespace) {
        return this.name.equals(name) && this.namespace.equals(namespace);
    }

    /** The value of an attribute without a namespace (or {@code xml:lang}), or null. */
    public @Nullable String attribute(String name) {
        return attributes.get(name);
    }

    /** The value of an attribute, or {@code otherwise}. */
    public String attribute(String name, String otherwise) {
        return attributes.getOrDefault(name, otherwise);
    }

    /** All attributes in order; those in a foreign namespace under {@code {namespace}name}. */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** The text directly inside, joined. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Object part : content) {
            if (part instanceof String string) {
                text.append(string);
            }
        }
        return text.toString();
    }

    /** The elements directly inside, in order. */
    public List<Element> children() {
        List<Element> children = new ArrayList<>(content.size());
        for (Object part : content) {
            if (part instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    /** The elements {@code {namespace}name} directly inside, in order. */
    public List<Element> children(String name, String namespace) {
        return children().stream().filter(child -> child.is(name, namespace)).toList();
    }

    /** The first element {@code {namespace}name} directly inside, or null. */
    public @Nullable Element child(String name, String namespace) {
        for (Object part : content) {
            if (part instanceof Element element && element.is(name, namespace)) {
                return element;
            }
        }
        return null;
    }

    /** The first element directly inside, or null. */
    public @Nullable Element firstChild() {
        for (Object part : content) {
            if (part instanceof Element element) {
                return element;
            }
        }
        return null;
    }

    /** Text and elements in order: each a {@link String} or an {@link Element}. */
    public List<Object> content() {
        return content;
    }

    /** Written as a child of an element in {@code parentNamespace}; {@code jabber:client} for what stands in a client's stream. */
    public String toXml(String parentNamespace) {
        StringBuilder out = new StringBuilder(128);
        XmlText.write(this, parentNamespace, out);
        return out.toString();
    }

    /** The UTF-8 bytes of {@link #toXml(String)} as it stands in a client's stream. */
    public byte[] toBytes() {
        return toXml(Namespaces.CLIENT).getBytes(StandardCharsets.UTF_8);
    }

    /** The same element, ready for changes. */
    public Builder toBuilder() {
        Builder builder = new Builder(name, namespace);
        builder.attributes.putAll(attributes);
        builder.content.addAll(content);
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Element element
                && element.name.equals(name)
                && element.namespace.equals(namespace)
                && element.attributes.equals(attributes)
                && element.content.equals(content);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, namespace, attributes, content);
    }

    /** Name and namespace only: contents do not reach logs by accident. */
    @Override
    public String toString() {
        return "{" + namespace + "}" + name;
    }

    /** Builds an {@link Element}; values are escaped when written, so give them plain. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final String namespace;
        private final Map<String, String> attributes = new LinkedHashMap<>();
        private final List<Object> content = new ArrayList<>();

        private Builder(String name, String namespace) {
            this.name = XmlText.requireName(name);
            this.namespace = XmlText.requireText(namespace);
        }

        /** Sets an attribute; a null value leaves it out. Throws IllegalArgumentException for text XML cannot carry. */
        public Builder attribute(String name, @Nullable Object value) {
            if (value == null) {
                attributes.remove(name);
            } else {
                attributes.put(XmlText.requireAttributeName(name), XmlText.requireText(value.toString()));
            }
            return this;
        }

        /** Appends an element; null appends nothing. */
        public Builder child(@Nullable Element child) {
            if (child != null) {
                content.add(child);
            }
            return this;
        }

        /** Appends an element. */
        public Builder child(Builder child) {
            return child(child.build());
        }

        /** Appends elements. */
        public Builder children(Iterable<Element> children) {
            children.forEach(content::add);
            return this;
        }

        /** Appends text; null or empty appends nothing. Throws IllegalArgumentException for text XML cannot carry. */
        public Builder text(@Nullable String text) {
            if (text != null && !text.isEmpty()) {
                content.add(XmlText.requireText(text));
            }
            return this;
        }

        /** The element. */
        public Element build() {
            return new Element(
                    name,
                    namespace,
                    Collections.unmodifiableMap(new LinkedHashMap<>(attributes)),
                    List.copyOf(content));
        }
    }
}
