package dev.beckon.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Elements are found whole, however the bytes that bring them were cut. */
class WireTest {
    private static final List<String> ELEMENTS = List.of(
            "<iq/>",
            "<iq type='result' id='1.3' from='a@x/r' to='b@x/r'/>",
            "<message><body>a &gt; b</body><x a='>' b=\"</x>\"/></message>",
            "<m><m><m/></m></m>",
            "<m><![CDATA[</m><m>]]></m>",
            "<presence from='ä@x/r'></presence>");

    @Test
    void anElementEndsWhereItsEndTagDoes() {
        for (String element : ELEMENTS) {
            byte[] in = Wire.bytes(element + "<next/>");
            assertThat(Wire.elementEnd(in, 0, in.length)).as(element).isEqualTo(Wire.bytes(element).length);
        }
    }

    @Test
    void anElementThatGoesOnHasNoEnd() {
        for (String element : ELEMENTS) {
            byte[] in = Wire.bytes(element);
            for (int to = 1; to < in.length; to++) {
                assertThat(Wire.elementEnd(in, 0, to))
                        .as("%s up to %d", element, to)
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void aStartTagIsReadInWhateverOrderItsAttributesCome() {
        StartTag tag = new StartTag();
        for (String start : List.of(
                "<iq type='set' id=\"7.1\" from='a@x/it&apos;s from=\"b\"' to='b@x'>",
                "<iq to='b@x'\n from='a@x/it&apos;s from=\"b\"' xml:id='no' id = '7.1' type='set' />",
                "<iq id='7.1' typed='get' formr='c@x' type='set' from='a@x/it&apos;s from=\"b\"'/>")) {
            byte[] in = Wire.bytes(start + "<from id='8'/>");
            assertThat(tag.read(in, 0, in.length)).as(start).isEqualTo(start.length());
            assertThat(tag.nameIs(Wire.bytes("iq"))).isTrue();
            assertThat(tag.id()).isEqualTo("7.1");
            assertThat(tag.type()).isEqualTo("set");
            assertThat(tag.from()).isEqualTo("a@x/it&apos;s from=\"b\"");
            assertThat(tag.idIs(Wire.bytes("7.1+"), 3)).isTrue();
            assertThat(tag.idIs(Wire.bytes("7.10"), 4)).isFalse();
        }
    }

    @Test
    void whatATagDoesNotSayIsNotKnownFromTheTagBefore() {
        StartTag tag = new StartTag();
        byte[] full = Wire.bytes("<iq type='set' id='1' from='a@x/r'>");
        tag.read(full, 0, full.length);
        byte[] bare = Wire.bytes("<message>");
        tag.read(bare, 0, bare.length);
        assertThat(List.of(tag.id(), tag.type(), tag.from())).containsOnly("");
        assertThat(tag.hasFrom()).isFalse();
        assertThat(tag.fromIs(Wire.bytes(""))).isFalse();
    }

    @Test
    void everyWayToCutAStreamGivesTheSameElements() {
        String stream = "<?xml version='1.0'?>\n<stream:stream id='1' from='x'>" + String.join(" ", ELEMENTS);
        byte[] all = Wire.bytes(stream);
        for (int cut = 1; cut < all.length; cut++) {
            assertThat(Wiretap.elements(all, cut)).as("cut every %d bytes", cut).isEqualTo(ELEMENTS);
        }
    }

    /** A connection that is fed by hand. */
    private static final class Wiretap implements Connection.Reader {
        private final List<String> elements = new ArrayList<>();

        static List<String> elements(byte[] all, int cut) {
            Wiretap tap = new Wiretap();
            try (Fed fed = new Fed(tap)) {
                for (int at = 0; at < all.length; at += cut) {
                    fed.feed(all, at, Math.min(all.length, at + cut));
                }
                return List.copyOf(tap.elements);
            }
        }

        @Override
        public void element(byte[] in, int from, int to) {
            elements.add(Wire.text(in, from, to));
        }

        @Override
        public void ended(String why) {
            elements.add(why);
        }
    }
}
