package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.session.Ending;
import dev.beckon.session.Reason;
import dev.beckon.session.Signal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalCodecTest {
    static final String SID = "ca3cf894-5325-482f-a412-a6e9f832298d";
    static final String GUID = "{5D1B4AE0-0D0C-4A5A-9C5C-0123456789AB}";
    static final Instant SENT = Instant.parse("2026-11-20T12:00:00Z");
    static final Signal.Propose PROPOSE = new Signal.Propose(
            SID, GUID, "Whiteboard", "https://example.org/w?a=1&b=2", SENT, SENT.plusSeconds(120), "board 7", "a.b.c");

    static Stream<Signal> messages() {
        List<Signal> signals = new ArrayList<>(List.of(
                PROPOSE,
                new Signal.Propose(SID, GUID, "", "", SENT, SENT.plusMillis(1), null, null),
                new Signal.Propose(SID, GUID, "é".repeat(256), "", SENT, SENT.plusSeconds(1), "é".repeat(256), null),
                new Signal.Ringing(SID, true),
                new Signal.Ringing(SID, false),
                new Signal.Proceed(SID, null),
                new Signal.Proceed(SID, ""),
                new Signal.Proceed(SID, " \r\n\t<&>'\"]]> 😀 \r"),
                new Signal.AppMissing(SID),
                new Signal.Reject(SID, new Ending(Reason.EXPIRED, null, null, true)),
                new Signal.Retract(SID, new Ending(null, null, null, false))));
        for (Reason reason : Reason.values()) {
            signals.add(new Signal.Finish(SID, new Ending(reason, 0x81000607, "bye", false)));
        }
        return signals.stream();
    }

    static Stream<Signal> requests() {
        return Stream.of(
                new Signal.Initiate(SID, GUID, new Signal.Endpoint("192.0.2.1:7000", Signal.Endpoint.ADDRESSES)),
                new Signal.Accept(SID, GUID, new Signal.Endpoint("[2001:db8::1]:7000", Signal.Endpoint.ADDRESSES)),
                new Signal.Accept(SID, GUID, new Signal.Endpoint(null, "urn:xmpp:jingle:transports:ice-udp:1")),
                new Signal.ContextData(SID, "😀".repeat(300)),
                new Signal.ContextData(SID, ""),
                new Signal.ContextData(SID, "a\rb"),
                new Signal.Ping(SID),
                new Signal.Terminate(SID, new Ending(Reason.SUCCESS, 0, null, false)),
                new Signal.Terminate(SID, new Ending(null, -1, "", false)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void messagesSurviveTheWire(Signal signal) {
        Node message = Xml.again(JmiCodec.encode(signal, "alice"));

        assertThat(JmiCodec.decode(message)).isEqualTo(signal);
        assertThat(message.attribute("type")).isEqualTo("chat");
        assertThat(message.child("store", "urn:xmpp:hints")).isNotNull();
        assertThat(JingleCodec.encode(signal, "alice@a.example/x")).isNull();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestsSurviveTheWire(Signal signal) {
        Node jingle = Xml.again(JingleCodec.encode(signal, "alice@a.example/x"));

        assertThat(JingleCodec.decode(jingle)).isEqualTo(signal);
        assertThat(JmiCodec.encode(signal, "alice")).isNull();
    }

    @Test
    void theExampleOfTheWireDescriptionIsRead() {
        Signal signal = JmiCodec.decode(Xml.node("""
                <message from='alice@a.example/beckon.7f' to='bob@b.example' type='chat' id='1'>
                  <propose xmlns='urn:xmpp:jingle-message:0' id='ca3cf894-5325-482f-a412-a6e9f832298d'>
                    <description xmlns='urn:beckon:app:1' guid='{5D1B4AE0-0D0C-4A5A-9C5C-0123456789AB}' name='Whiteboard'
                        url='https://example.org/w?a=1&amp;b=2' sent='2026-11-20T13:00:00+01:00' expires='2026-11-20T12:02:00Z'>
                      <data>board 7</data>
                      <ticket>a.b.c</ticket>
                      <future xmlns='urn:beckon:app:9'><data>x</data></future>
                    </description>
                    <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>
                  </propose>
                  <body>alice invites you to Whiteboard: https://example.org/w</body>
                  <fallback xmlns='urn:xmpp:fallback:0' for='urn:beckon:app:1'/>
                  <store xmlns='urn:xmpp:hints'/>
                </message>"""));

        assertThat(signal).isEqualTo(PROPOSE);
    }

    @Test
    void theFallbackBodyHoldsNameApplicationAndUrlVerbatim() {
        Node message = Xml.again(JmiCodec.encode(PROPOSE, "alice"));

        assertThat(message.child("body", "jabber:client").text())
                .contains("alice", "Whiteboard", "https://example.org/w?a=1&b=2");
        assertThat(message.child("fallback", "urn:xmpp:fallback:0").attribute("for"))
                .isEqualTo("urn:beckon:app:1");
    }

    @Test
    void carriageReturnsTravelAsReferences() {
        assertThat(JmiCodec.encode(new Signal.Proceed(SID, "a\rb"), "alice").xml(Names.CLIENT))
                .contains("a&#13;b")
                .doesNotContain("\r");
    }

    @Test
    void theJingleContentIsOurs() {
        Node jingle = JingleCodec.encode(
                new Signal.Initiate(SID, GUID, new Signal.Endpoint("192.0.2.1", Signal.Endpoint.ADDRESSES)),
                "alice@a.example/x");
        Node content = jingle.child("content", Names.JINGLE);

        assertThat(jingle.attributes())
                .containsEntry("action", "session-initiate")
                .containsEntry("sid", SID)
                .containsEntry("initiator", "alice@a.example/x");
        assertThat(content.attributes()).containsEntry("creator", "initiator").containsEntry("name", "app");
        assertThat(content.child("transport", Signal.Endpoint.ADDRESSES)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id                | CA3CF894-5325-482F-A412-A6E9F832298D",
                "id                | 1",
                "guid              | {5d1b4ae0-0d0c-4a5a-9c5c-0123456789ab}",
                "guid              | 5D1B4AE0-0D0C-4A5A-9C5C-0123456789AB",
                "url               | ftp://example.org/w",
                "url               | https://alice@example.org/w",
                "url               | javascript:alert(1)",
                "sent              | yesterday",
                "sent              | 2026-11-20T12:00:00",
                "sent              | 2026-13-20T12:00:00Z",
                "expires           | 2026-11-20T12:00:00Z",
                "expires           | 2026-11-20T11:59:59Z",
            })
    void malformedAttributesOfAProposeAreRefused(String attribute, String value) {
        Node message = JmiCodec.encode(PROPOSE, "alice");
        String xml = message.xml(Names.CLIENT)
                .replaceFirst(" " + attribute + "='[^']*'", " " + attribute + "='" + value + "'");
        // The message has no id of its own yet, so the first is the session's.
        assertThat(JmiCodec.decode(Xml.node(xml))).isInstanceOfSatisfying(Signal.Malformed.class, malformed -> {
            assertThat(malformed.condition()).isEqualTo("bad-request");
            assertThat(malformed.kind()).isEqualTo("propose");
            assertThat(malformed.iq()).isFalse();
            assertThat(malformed.problem()).isNotBlank();
            assertThat(malformed.guid()).isEqualTo(attribute.equals("guid") ? "" : GUID);
            assertThat(malformed.sid()).isEqualTo(attribute.equals("id") ? "" : SID);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<data>a</data><data>b</data>",
                "<ticket>a</ticket><ticket>b</ticket>",
                "TOO LONG",
            })
    void aProposeOverALimitIsRefused(String content) {
        String inner = content.equals("TOO LONG") ? "<data>" + "é".repeat(257) + "</data>" : content;
        assertThat(JmiCodec.decode(Xml.node("<message><propose xmlns='urn:xmpp:jingle-message:0' id='" + SID
                        + "'><description xmlns='urn:beckon:app:1' guid='" + GUID
                        + "' name='' url='' sent='2026-11-20T12:00:00Z' expires='2026-11-20T12:02:00Z'>" + inner
                        + "</description></propose></message>")))
                .isInstanceOf(Signal.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<proceed xmlns='urn:xmpp:jingle-message:0' id='@'><data xmlns='urn:beckon:app:1'>1</data><data xmlns='urn:beckon:app:1'>2</data></proceed>",
                "<reject xmlns='urn:xmpp:jingle-message:0' id='@'><result xmlns='urn:beckon:app:1' code='81000607'/></reject>",
                "<reject xmlns='urn:xmpp:jingle-message:0' id='@'><result xmlns='urn:beckon:app:1' code='0x1'/></reject>",
                "<reject xmlns='urn:xmpp:jingle-message:0' id='@'><result xmlns='urn:beckon:app:1'/></reject>",
                "<ringing xmlns='urn:xmpp:jingle-message:0' id='@'><app xmlns='urn:beckon:app:1' present='maybe'/></ringing>",
            })
    void otherMalformedMessagesAreRefused(String payload) {
        assertThat(JmiCodec.decode(Xml.node("<message>" + payload.replace("@", SID) + "</message>")))
                .isInstanceOf(Signal.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<body>hello</body>",
                "<propose xmlns='urn:xmpp:jingle-message:0' id='@'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>",
                "<propose xmlns='urn:xmpp:jingle-message:0' id='call 1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>",
                "<proceed xmlns='urn:xmpp:jingle-message:0' id='call 1'/>",
                "<accept xmlns='urn:xmpp:jingle-message:0' id='@'/>",
                "<finish xmlns='urn:xmpp:jingle-message:0'/>",
                "<propose xmlns='urn:xmpp:jingle-message:1' id='@'/>",
                "<app-missing xmlns='urn:beckon:app:1' id='x'/>",
            })
    void whatIsNotOursIsLeftAlone(String payload) {
        assertThat(JmiCodec.decode(Xml.node("<message>" + payload.replace("@", SID) + "</message>")))
                .isNull();
    }

    @Test
    void anUnknownReasonIsAGeneralError() {
        Node message = Xml.node(
                "<message><reject xmlns='urn:xmpp:jingle-message:0' id='" + SID
                        + "'><reason xmlns='urn:xmpp:jingle:1'><text>no</text><alternative-session/></reason></reject></message>");

        assertThat(JmiCodec.decode(message))
                .isEqualTo(new Signal.Reject(SID, new Ending(Reason.GENERAL_ERROR, null, null, false)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='@'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle> | feature-not-implemented",
                "<jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='@'/> | feature-not-implemented",
                "<jingle xmlns='urn:xmpp:jingle:1' sid='@'/> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-info'/> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='a73sjjvkla37jfea'/> | item-not-found",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='a73s'><content creator='initiator' name='voice'><description xmlns='urn:xmpp:jingle:apps:rtp:1'/></content></jingle> | service-unavailable",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='@'/> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='@'><content><description xmlns='urn:beckon:app:1' guid='$'/></content></jingle> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='@'><content><description xmlns='urn:beckon:app:1' guid='$'/><transport xmlns='urn:beckon:transport:address:1'/></content></jingle> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='@'><content><description xmlns='urn:beckon:app:1' guid='$'><address>localhost</address></description><transport xmlns='urn:beckon:transport:address:1'/></content></jingle> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='@'><context-data xmlns='urn:beckon:app:1'>%</context-data></jingle> | bad-request",
                "<jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='@'><context-data xmlns='urn:beckon:app:1'/><context-data xmlns='urn:beckon:app:1'/></jingle> | bad-request",
            })
    void badRequestsSayWhichErrorTheyDeserve(String xml, String condition) {
        String filled = xml.replace("@", SID).replace("$", GUID).replace("%", "x".repeat(301));
        assertThat(JingleCodec.decode(Xml.node(filled))).isInstanceOfSatisfying(Signal.Malformed.class, malformed -> {
            assertThat(malformed.condition()).isEqualTo(condition);
            assertThat(malformed.iq()).isTrue();
        });
    }
}
