package dev.beckon.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.local.Beckon;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class SeatTest {
    @TempDir
    Path temp;

    @Test
    void aSeatIsTakenByOneWhetherOrNotSomebodyIsSignedIn() {
        try (Seat seat = take()) {
            assertThat(seat.agent()).isNull();
            assertThat(Seat.takeIfFree(temp.resolve("home"), List.of(), notice -> {}))
                    .isNull();
            assertThatThrownBy(this::take)
                    .isInstanceOf(SessionException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        take().close();
    }

    @Test
    void oneAfterAnotherSitsDownAndGetsUp() throws IOException {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Seat seat = take()) {
            seat.addListener(new Seat.Listener() {
                @Override
                public void signingIn(Agent agent) {
                    heard.add(agent.user());
                }

                @Override
                public void signedOut() {
                    heard.add("-");
                }
            });
            for (String user : List.of("alice@a.example", "bob@a.example")) {
                Agent agent = seat.signIn(nobodyThere(user), "secret".toCharArray());
                assertThat(seat.agent()).isSameAs(agent);
                Beckon.connect(agent.socket()).close();
                assertThatThrownBy(() -> seat.signIn(nobodyThere("carol@a.example"), "x".toCharArray()))
                        .hasMessageContaining(user + " is signed in");
                seat.signOut();
                assertThat(agent.socket()).doesNotExist();
                assertThat(seat.agent()).isNull();
            }
            seat.signOut();
            assertThat(seat.history("alice@a.example")).isNotEqualTo(seat.history("bob@a.example"));
        }
        assertThat(heard).containsExactly("alice@a.example", "-", "bob@a.example", "-");
    }

    @Test
    void aSeatWhosePathIsTooLongForASocketIsServedForEachWhoSitsDown() throws IOException {
        try (Seat seat = Seat.take(temp.resolve("long".repeat(30)), List.of(), notice -> {})) {
            for (int i = 0; i < 2; i++) {
                seat.signIn(nobodyThere("alice@a.example"), "x".toCharArray());
                Beckon.connect(Agent.socketOf(seat.home())).close();
                seat.signOut();
                assertThat(Files.isSymbolicLink(seat.home().resolve("agent.sock")))
                        .isFalse();
            }
        }
    }

    @Test
    void whatCannotSignInLeavesTheSeatFree() throws IOException {
        try (Seat seat = take()) {
            for (Account bad : List.of(
                    new Account("no address", null, 0, null),
                    new Account("alice@a.example", null, 0, temp.resolve("no.pem")))) {
                assertThatThrownBy(() -> seat.signIn(bad, "x".toCharArray()))
                        .isInstanceOfSatisfying(
                                SessionException.class,
                                e -> assertThat(e.code()).isEqualTo(ResultCode.E_INVALIDARG));
                assertThat(seat.agent()).isNull();
            }
            assertThatThrownBy(() -> seat.signIn(nobodyThere("alice@a.example"), new char[0]))
                    .hasMessageContaining("password");
            seat.signIn(nobodyThere("alice@a.example"), "x".toCharArray());
        }
    }

    @Test
    void anAccountIsKeptAndForgotten() throws IOException {
        Account account = new Account("alice@a.example", "127.0.0.1", 5223, temp.resolve("c.pem"));
        try (Seat seat = take()) {
            assertThat(seat.kept().content()).isNull();
            seat.kept().keep(account, "pass\"word\n");
        }
        try (Seat seat = take()) {
            assertThat(seat.kept().content()).isEqualTo(new KeptAccount.Content(account, "pass\"word\n"));
            assertThat(seat.kept().content().toString()).doesNotContain("word");
            seat.kept().keep(new Account("bob@b.example", null, 0, null), null);
        }
        try (Seat seat = take()) {
            assertThat(seat.kept().content().stays()).isFalse();
            assertThat(seat.kept().content().account().host()).isNull();
            seat.kept().forget();
        }
        for (String damage : List.of("", "{", "[]", "{\"user\":1,\"port\":{}}", "\u0000", "{\"port\":5}")) {
            Files.writeString(temp.resolve("home/state/account.json"), damage);
            try (Seat seat = take()) {
                assertThat(seat.kept().content()).as(damage).isNull();
            }
        }
    }

    @Test
    void settingsThatCannotBeTakenAreSaid() throws IOException {
        take().close();
        Files.writeString(temp.resolve("home/agent.conf"), "window { open-on-invitation = perhaps }");
        assertThatThrownBy(this::take).hasMessageContaining("window.open-on-invitation is neither true nor false");
        Files.writeString(
                temp.resolve("home/agent.conf"),
                "window { open-on-invitation = false }\ndownload.open = [\"firefox\", \"-P\"]");
        try (Seat seat = take()) {
            assertThat(seat.opensOnInvitation()).isFalse();
            assertThat(seat.openCommand()).containsExactly("firefox", "-P");
            assertThat(Seat.openCommand(seat.home())).containsExactly("firefox", "-P");
        }
        assertThat(Seat.openCommand(temp.resolve("nowhere"))).isEmpty();
        assertThat(temp.resolve("nowhere")).doesNotExist();
    }

    private Seat take() {
        return Seat.take(temp.resolve("home"), List.of(), notice -> {});
    }

    private static Account nobodyThere(String user) throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return new Account(user, "127.0.0.1", socket.getLocalPort(), null);
        }
    }
}
