package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A service is killed without warning while accounts are made, contacts changed and keys issued, again and again. Each time the store
 * is whole, the service starts, and what it had answered for is there; what it had not is there or not, never by half.
 *
 * <p>{@code -Dbeckon.kills=200} kills more often, {@code -Dbeckon.seed} at the same instants.
 */
class KillIT {
    private static final int LONGEST_MILLIS = 1_200;

    private final long seed = Long.getLong("beckon.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, String> keys = new HashMap<>();
    private final Set<String> accounts = new HashSet<>();

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void whatWasAcknowledgedIsThereAfterAnyKill() throws Exception {
        int kills = Integer.getInteger("beckon.kills", 3);
        System.out.println("KillIT seed " + seed);
        int found = 0;
        int round = 0;
        try (Stage stage = Stage.openWith(
                "open-registration = true, scram-iterations = 4096, limits.registrations-per-hour = 1000000")) {
            for (round = 1; round <= kills; round++) {
                Acknowledged said = untilKilled(stage, "r" + round);
                found += said.total();
                keys.putAll(said.keys);
                accounts.addAll(said.accounts.keySet());
                assertStoreIsWhole(stage);
                stage.startService();
                new Afterwards(stage, "r" + round, said).check(random);
                if (round % 10 == 0 || round == kills) {
                    System.out.printf("%d kills, %,d acknowledged changes were there%n", round, found);
                }
            }
            assertKeysAreListed(stage);
        } catch (AssertionError | IOException e) {
            throw new AssertionError("seed " + seed + ", kill " + round + ": " + e.getMessage(), e);
        }
    }

    private Acknowledged untilKilled(Stage stage, String round) throws InterruptedException {
        KillLoad load = KillLoad.start(stage, round);
        Running issuing = stage.start(
                "key issue",
                Map.of(),
                "key",
                "issue",
                "app-" + round,
                "--guid",
                Stage.newGuid(),
                "--home",
                stage.serviceHome().toString(),
                "--json");
        issuing.endInput();
        // The instant is what is tested: it must be any.
        Thread.sleep(random.nextInt(LONGEST_MILLIS));
        if (random.nextBoolean()) {
            issuing.kill();
        }
        stage.service().kill();
        Acknowledged said = load.end();
        issuing.awaitExit();
        issuing.output()
                .lines()
                .filter(line -> line.startsWith("{") && line.endsWith("}"))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .forEach(key -> said.keys.put(text(key, "id"), text(key, "key")));
        return said;
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    /** Looked at in a copy, so that what the crash left is left for the service to mend. */
    private void assertStoreIsWhole(Stage stage) throws IOException, SQLException {
        Path copy = Files.createTempDirectory(stage.folder(), "copy");
        for (String file : new String[] {"beckon.db", "beckon.db-wal"}) {
            Path original = stage.serviceHome().resolve(file);
            if (Files.exists(original)) {
                Files.copy(original, copy.resolve(file));
            }
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy.resolve("beckon.db"));
                Statement statement = connection.createStatement()) {
            assertThat(all(statement, "PRAGMA integrity_check")).containsOnlyKeys("ok");
            assertThat(all(statement, "PRAGMA foreign_key_check")).isEmpty();
            assertThat(all(statement, "SELECT name FROM account")).containsKeys(accounts.toArray(String[]::new));
            assertThat(all(statement, "SELECT account FROM credential GROUP BY account HAVING count(*) <> 2"))
                    .as("accounts with half their credentials")
                    .isEmpty();
            assertThat(all(statement, "SELECT app, secret FROM lock_key")).containsAllEntriesOf(keys);
        }
    }

    /** The rows: the first column, and the last. */
    private static Map<String, String> all(Statement statement, String query) throws SQLException {
        Map<String, String> rows = new HashMap<>();
        try (ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.put(
                        result.getString(1),
                        result.getString(result.getMetaData().getColumnCount()));
            }
        }
        return rows;
    }

    private void assertKeysAreListed(Stage stage) {
        Running list = stage.run(
                Map.of(), "key", "list", "--json", "--home", stage.serviceHome().toString());
        Set<String> listed = new HashSet<>();
        list.output()
                .lines()
                .filter(line -> line.startsWith("[") || line.startsWith("{"))
                .map(JsonParser::parseString)
                .forEach(json -> {
                    if (json.isJsonArray()) {
                        for (JsonElement key : json.getAsJsonArray()) {
                            listed.add(text(key.getAsJsonObject(), "id"));
                        }
                    } else {
                        listed.add(text(json.getAsJsonObject(), "id"));
                    }
                });
        assertThat(listed).containsAll(keys.keySet());
    }
}
