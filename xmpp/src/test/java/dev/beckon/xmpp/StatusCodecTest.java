package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ContactStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusCodecTest {
    @ParameterizedTest
    @EnumSource(
            value = ContactStatus.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNKNOWN", "OFFLINE", "INVISIBLE"})
    void everyStatusSurvivesBetweenBeckonClients(ContactStatus status) {
        assertThat(StatusCodec.decode(Xml.again(StatusCodec.encode(status)))).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"chat,ONLINE", "away,AWAY", "xa,AWAY", "dnd,BUSY", "nonsense,ONLINE"})
    void otherClientsAreUnderstood(String show, ContactStatus status) {
        assertThat(StatusCodec.decode(Xml.node("<presence><show>" + show + "</show></presence>")))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"on-the-phone,AWAY", "idle,AWAY"})
    void aMarkerCountsOnlyWhereItFitsWhatEverybodySees(String marker, ContactStatus shown) {
        ContactStatus status =
                StatusCodec.decode(Xml.node("<presence><show>away</show><availability xmlns='urn:beckon:app:1' status='"
                        + marker + "'/></presence>"));

        assertThat(status).isEqualTo(marker.equals("idle") ? ContactStatus.IDLE : shown);
    }

    @ParameterizedTest
    @EnumSource(value = ContactStatus.class, names = "INVISIBLE")
    void invisibleLooksLikeSignedOut(ContactStatus status) {
        assertThat(StatusCodec.encode(status).attribute("type")).isEqualTo("unavailable");
    }
}
