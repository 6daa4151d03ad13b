package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's log, at its most talkative, after a whole life: who came and went is there, what is nobody else's business is not. */
class LogIT {
    private static final String REGISTERED = "sesame-registered";
    private static final String GUESSED = "sesame-guessed";
    private static final String BODY = "what-people-write";
    private static final String PRIVATE = "what-people-keep";

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void aWholeLifeLeavesNoSecretsInTheLog(String format) throws Exception {
        String log;
        String key;
        try (Stage stage = Stage.openWith(
                "open-registration = on\nlock.mode = on\nlog { level = debug, format = " + format + " }")) {
            stage.makeAccount("bob");
            key = stage.key("acme.board", "production", Stage.newGuid()).secret();
            try (RawStream stranger = new RawStream(stage.port()).secure()) {
                stranger.send(
                                "<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>alice</username><password>"
                                        + REGISTERED + "</password></query></iq>")
                        .await("/>");
                stranger.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + plain(GUESSED)
                                + "</auth>")
                        .await("</failure>");
            }
            try (RawStream guesser = new RawStream(stage.port()).secure()) {
                guesser.prove("alice", GUESSED).await("</failure>");
            }
            try (RawStream bob = new RawStream(stage.port())
                            .secure()
                            .signIn("bob", Stage.PASSWORD)
                            .bind("desk");
                    RawStream alice = new RawStream(stage.port())
                            .secure()
                            .signIn("alice", REGISTERED)
                            .bind("phone")) {
                alice.send("<message to='bob@" + Stage.DOMAIN + "/desk'><body>" + BODY + "</body></message>");
                bob.await("</message>");
                alice.send("<message to='nobody@" + Stage.DOMAIN + "'><body>" + BODY + "</body></message>")
                        .await("</message>");
                alice.send("<iq type='set' id='p'><query xmlns='jabber:iq:private'><a xmlns='u'>" + PRIVATE
                                + "</a></query></iq>")
                        .await("/>");
                alice.send("<iq type='set' id='l' to='lock." + Stage.DOMAIN + "'><response xmlns='urn:beckon:lock:1'"
                                + " cookie='1' app-id='acme.board' mechanism='HMAC-SHA-256'>" + key
                                + "</response></iq>")
                        .await("</iq>");
                alice.send(
                                "<iq type='set' id='c'><query xmlns='jabber:iq:register'><username>alice</username><password>"
                                        + REGISTERED + "2</password></query></iq>")
                        .await("/>");
                // Begins a line of its own and turns the screen red, if it were let.
                alice.send(
                                "<iq type='set' id='h&#10;2026-01-01T00:00:00.000Z ERROR [x] forged' to='lock."
                                        + Stage.DOMAIN
                                        + "'><response xmlns='urn:beckon:lock:1' cookie='2' mechanism='HMAC-SHA-256'"
                                        + " app-id='a&#10;2026-01-01T00:00:00.000Z ERROR [x] forged&#x9b;31m'>x</response></iq>")
                        .await("</iq>");
                alice.send("<message><body>" + BODY + "</message>").rest();
            }
            assertThat(stage.service().stop()).isZero();
            log = Files.readString(stage.serviceHome().resolve("service.log"));
        }
        for (String secret : List.of(REGISTERED, GUESSED, Stage.PASSWORD, key, BODY, PRIVATE)) {
            assertThat(log)
                    .doesNotContain(secret)
                    .doesNotContain(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(log).doesNotContain(plain(GUESSED), plain(REGISTERED));
        assertThat(log.replace("\n", "").chars()).noneMatch(Character::isISOControl);
        List<String> lines = log.lines().toList();
        if (format.equals("json")) {
            List<JsonObject> objects = new ArrayList<>();
            lines.forEach(line -> objects.add(JsonParser.parseString(line).getAsJsonObject()));
            assertThat(objects)
                    .allSatisfy(
                            line -> assertThat(line.keySet()).contains("time", "level", "logger", "message", "thread"));
            assertThat(objects)
                    .filteredOn(line -> line.get("message").getAsString().equals("signed in"))
                    .extracting(line -> line.get("account").getAsString())
                    .containsExactlyInAnyOrder("alice@" + Stage.DOMAIN, "bob@" + Stage.DOMAIN);
            assertThat(objects)
                    .filteredOn(line -> line.get("message").getAsString().equals("sign-in failed"))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.keySet()).contains("condition", "address", "stream"));
        } else {
            assertThat(lines).noneMatch(line -> line.matches("2026-01-01T.*forged.*"));
            assertThat(lines)
                    .anyMatch(line -> line.contains("signed in account=alice@" + Stage.DOMAIN + " device=phone"))
                    .anyMatch(line -> line.contains("signed out account=bob@"))
                    .anyMatch(line -> line.contains("sign-in failed condition="));
        }
    }

    private static String plain(String password) {
        return Base64.getEncoder().encodeToString(("\0alice\0" + password).getBytes(StandardCharsets.UTF_8));
    }
}
