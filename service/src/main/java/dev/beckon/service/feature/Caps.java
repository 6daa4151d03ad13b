package dev.beckon.service.feature;

import dev.beckon.service.route.Disco;
import dev.beckon.service.xml.Element;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The hash of what an entity tells of itself (XEP-0115 §5.1): who knows it need not ask. */
final class Caps {
    private static final String DATA = "jabber:x:data";

    private Caps() {}

    static String hash(List<Disco.Identity> identities, List<String> features, List<Element> forms) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest(text(identities, features, forms).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** What is hashed: identities, features and forms, each sorted, {@code <} behind each of their parts. */
    static String text(List<Disco.Identity> identities, List<String> features, List<Element> forms) {
        List<String> parts = new ArrayList<>();
        identities.stream()
                .map(each -> each.category() + "/" + each.type() + "//" + (each.name() == null ? "" : each.name()))
                .sorted()
                .forEach(parts::add);
        features.stream().sorted().forEach(parts::add);
        forms.stream().sorted(Comparator.comparing(Caps::formType)).forEach(form -> add(form, parts));
        return parts.stream().map(part -> part + "<").collect(Collectors.joining());
    }

    private static void add(Element form, List<String> parts) {
        parts.add(formType(form));
        form.children("field", DATA).stream()
                .filter(field -> !field.attribute("var", "").equals("FORM_TYPE"))
                .sorted(Comparator.comparing(field -> field.attribute("var", "")))
                .forEach(field -> {
                    parts.add(field.attribute("var", ""));
                    field.children("value", DATA).stream()
                            .map(Element::text)
                            .sorted()
                            .forEach(parts::add);
                });
    }

    private static String formType(Element form) {
        return form.children("field", DATA).stream()
                .filter(field -> field.attribute("var", "").equals("FORM_TYPE"))
                .flatMap(field -> field.children("value", DATA).stream())
                .map(Element::text)
                .findFirst()
                .orElse("");
    }
}
