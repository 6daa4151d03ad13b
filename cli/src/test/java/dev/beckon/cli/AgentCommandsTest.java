package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.beckon.ResultCode;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentCommandsTest {
    private static final String FIRST = "{AAAA0000-0000-0000-0000-000000000001}";
    private static final String SECOND = "{AABB0000-0000-0000-0000-000000000002}";

    @TempDir
    Path folder;

    private Path home;
    private FakeAgent agent;

    @BeforeEach
    void start() throws Exception {
        home = Files.createDirectory(
                folder.resolve("alice"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        agent = new FakeAgent(home);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @Test
    void withoutAnAgentOneIsToldHowToStartIt() {
        Run run = beckon("sessions", "--home", folder.resolve("nobody").toString(), "--json");
        assertThat(run.exit()).isEqualTo(Exit.NO_AGENT.number());
        assertThat(run.error().get("code").getAsString()).isEqualTo("NO_AGENT");
        assertThat(run.error().get("remedy").getAsString()).contains("beckon agent --user");
    }

    @Test
    void contactsAreAnObjectALine() {
        List<JsonObject> contacts = at("contacts", "--json").objects();
        assertThat(contacts).hasSize(2);
        assertThat(contacts.get(0).keySet()).containsExactly("contact", "name", "status", "listed", "blocked");
        assertThat(contacts.get(0).get("contact").getAsString()).isEqualTo("bob@example.org");
        assertThat(contacts.get(0).get("status").getAsString()).isEqualTo("ONLINE");
        assertThat(at("contacts", "list").out()).contains("CONTACT", "bob@example.org", "online", "Eve", "blocked");
    }

    @Test
    void contactsAreChanged() {
        assertThat(at("contacts", "add", "carol@example.org", "--name", "Carol").exit())
                .isZero();
        assertThat(at("contacts", "remove", "bob@example.org").exit()).isZero();
        assertThat(at("contacts", "block", "bob@example.org").exit()).isZero();
        assertThat(at("contacts", "unblock", "bob@example.org").exit()).isZero();
        assertThat(agent.asked)
                .containsExactly("add carol@example.org Carol", "remove bob@example.org", "block true", "block false");
    }

    @Test
    void applicationsAreRegisteredWithAGuidOfTheirOwn() {
        Run run = at("apps", "register", "Noughts", "--path", "/usr/bin/noughts", "--json");
        assertThat(run.exit()).isZero();
        assertThat(run.object().get("application").getAsString()).matches("\\{[0-9A-F-]{36}}");
        assertThat(at("apps", "--json").objects()).hasSize(2);

        Run twice = at("apps", "register", "Noughts", "--path", "/usr/bin/noughts", "--guid", FakeAgent.GUID);
        assertThat(twice.exit()).isEqualTo(Exit.EXISTS.number());
        assertThat(at("apps", "register", "Noughts", "--path", "/x", "--guid", "nonsense")
                        .exit())
                .isEqualTo(Exit.USAGE.number());
    }

    @Test
    void applicationsAreFoundByNameOrGuid() {
        assertThat(at("apps", "unregister", "whiteboard").exit()).isZero();
        assertThat(at("apps", "unregister", FakeAgent.GUID.toLowerCase(java.util.Locale.ROOT))
                        .exit())
                .isZero();
        assertThat(agent.asked).containsExactly("unregister " + FakeAgent.GUID, "unregister " + FakeAgent.GUID);
        Run unknown = at("invite", "bob@example.org", "--app", "Chess");
        assertThat(unknown.exit()).isEqualTo(Exit.NOT_FOUND.number());
        assertThat(unknown.err()).contains("Chess", "Whiteboard");
    }

    @Test
    void anInvitationGoesOut() {
        Run run = at("invite", "bob@example.org", "--app", "Whiteboard", "--data", "board 7", "--json");
        assertThat(run.exit()).isZero();
        assertThat(run.object().get("state").getAsString()).isEqualTo("INVITATION");
        assertThat(run.object().get("role").getAsString()).isEqualTo("INVITER");
        assertThat(agent.asked).containsExactly("invite bob@example.org " + FakeAgent.GUID + " board 7");
    }

    @Test
    void whoIsNotSignedInCannotBeInvited() {
        Run run = at("invite", "eve@example.org", "--app", "Whiteboard", "--json");
        assertThat(run.exit()).isEqualTo(Exit.NOT_SIGNED_IN.number());
        assertThat(run.error().get("code").getAsString()).isEqualTo("MSGR_E_NOT_LOGGED_ON");
        assertThat(run.error().get("problem").getAsString()).isEqualTo("Eve is not signed in");
    }

    @Test
    void waitingEndsWhenTheInvitationIsDeclined() {
        agent.course = (session, listener) -> listener.onTermination(session, ResultCode.SR_INVITATION_DECLINED, null);
        Run run = at("invite", "bob@example.org", "--app", "Whiteboard", "--wait", "--json");
        assertThat(run.exit()).isEqualTo(Exit.NOT_CONNECTED.number());
        assertThat(run.objects()).hasSize(2);
        assertThat(run.objects().get(1).get("code").getAsString()).isEqualTo("SR_INVITATION_DECLINED");
    }

    @Test
    void aSessionIsMeantByHowItsIdBegins() {
        agent.sessions.add(agent.session(FIRST, SessionState.INVITATION, SessionFlag.INVITEE, (s, l) -> {}));
        agent.sessions.add(agent.session(SECOND, SessionState.INVITATION, SessionFlag.INVITEE, (s, l) -> {}));

        Run either = at("accept", "aa");
        assertThat(either.exit()).isEqualTo(Exit.USAGE.number());
        assertThat(either.err()).contains("2 sessions", "AAAA0000", "AABB0000");
        Run unsaid = at("accept");
        assertThat(unsaid.exit()).isEqualTo(Exit.USAGE.number());
        assertThat(at("accept", "ffff").exit()).isEqualTo(Exit.NOT_FOUND.number());
        assertThat(agent.asked).isEmpty();

        assertThat(at("accept", "aabb", "--data", "yes").exit()).isZero();
        assertThat(at("decline", FIRST).exit()).isZero();
        assertThat(agent.asked).containsExactly("accept " + SECOND + " yes", "decline " + FIRST + " null");
    }

    @Test
    void aDownloadAddressIsShownInFullBeforeItIsOpened() {
        agent.url = "https://a.example/whiteboard?for=everybody";
        agent.sessions.add(agent.session(FIRST, SessionState.INVITATION, SessionFlag.INVITEE, (s, l) -> {}));
        Run accepted = at("accept");
        assertThat(accepted.exit()).isZero();
        assertThat(accepted.err()).contains("not installed here; accepting opens " + agent.url);
        assertThat(accepted.out()).startsWith("Accepted once it is installed");
    }

    @Test
    void whereOnlyOneCanBeMeantItNeedNotBeSaid() {
        agent.sessions.add(agent.session(FIRST, SessionState.CONNECTED, SessionFlag.INVITER, (s, l) -> {}));
        agent.sessions.add(agent.session(SECOND, SessionState.INVITATION, SessionFlag.INVITEE, (s, l) -> {}));

        assertThat(at("accept").exit()).isZero();
        assertThat(at("cancel").exit()).isZero();
        assertThat(agent.asked)
                .containsExactly("accept " + SECOND + " null", "cancel " + FIRST + " S_OK (0x00000000) null");
        assertThat(at("sessions").out()).contains("AAAA0000", "connected", "Whiteboard", "Bob");
        assertThat(at("sessions", "--json")
                        .objects()
                        .get(0)
                        .get("remoteAddress")
                        .isJsonNull())
                .isTrue();
    }

    @Test
    void statusTellsHowThingsStandAndSetsIt() {
        JsonObject status = at("status", "--json").object();
        assertThat(status.get("connection").getAsString()).isEqualTo("SIGNED_IN");
        assertThat(status.get("user").getAsString()).isEqualTo("alice@example.org");
        assertThat(status.get("contacts").getAsInt()).isEqualTo(2);
        assertThat(status.get("contactsSignedIn").getAsInt()).isEqualTo(1);
        assertThat(status.get("problems").getAsJsonArray()).hasSize(1);
        assertThat(at("status").err()).contains("apps/x.conf, line 3: key nmae is not known");
        assertThat(at("status", "away").exit()).isZero();
        assertThat(agent.asked).containsExactly("status AWAY");
    }

    @Test
    void missedInvitationsSayWhy() {
        assertThat(at("missed").out()).contains("bob@example.org", "Whiteboard", "not answered in time");
        assertThat(at("missed", "--json").object().get("when").getAsString()).isEqualTo("2026-11-20T12:00:00Z");
    }

    private Run at(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--home");
        all.add(home.toString());
        return beckon(all.toArray(String[]::new));
    }
}
