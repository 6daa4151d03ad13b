package dev.beckon.service;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Settings by their names, as operators write them (HOCON). {@code beckon.conf}, beside this class, holds every one that there is,
 * with its default. What is wrong is an IllegalArgumentException that names the setting, and the line where it stands.
 */
final class Settings {
    /** The file with all defaults, as it is shown to operators. */
    static final String DEFAULT_FILE = resource("beckon.conf");

    static final Settings DEFAULT = new Settings(ConfigFactory.parseString(
            DEFAULT_FILE, ConfigParseOptions.defaults().setOriginDescription("the defaults")));

    private final Config config;

    private Settings(Config config) {
        this.config = config;
    }

    private static String resource(String resource) {
        try (InputStream in = Settings.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Settings with(Map<String, ?> changes) {
        return over(ConfigFactory.parseMap(changes));
    }

    /** With these, written as in a file. */
    Settings with(String hocon) {
        return over(read(() -> ConfigFactory.parseString(hocon).resolve()));
    }

    /** With those of a file. */
    Settings with(Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("cannot read the configuration file " + file);
        }
        return over(read(() -> ConfigFactory.parseFile(file.toFile()).resolve()));
    }

    private Settings over(Config changes) {
        Set<String> known = names(config);
        for (String name : names(changes)) {
            if (!known.contains(name)) {
                ConfigOrigin origin = changes.getValue(name).origin();
                String nearest = known.stream()
                        .min(Comparator.comparingInt(each -> distance(each, name)))
                        .orElseThrow();
                throw new IllegalArgumentException(
                        where(origin) + "there is no setting " + name + "; did you mean " + nearest + "?");
            }
        }
        return new Settings(changes.withFallback(config));
    }

    /** The names of all settings. */
    Set<String> names() {
        return names(config);
    }

    private static Set<String> names(Config config) {
        Set<String> names = new TreeSet<>();
        config.entrySet().forEach(entry -> names.add(entry.getKey()));
        return names;
    }

    /** The settings that differ. */
    Set<String> differing(Settings other) {
        Set<String> names = names();
        names.removeIf(name -> config.getValue(name).equals(other.config.getValue(name)));
        return names;
    }

    String text(String name) {
        return read(() -> config.getString(name));
    }

    List<String> texts(String name) {
        return read(() -> config.getStringList(name));
    }

    /** Its value, of whatever kind. */
    String written(String name) {
        return String.valueOf(config.getValue(name).unwrapped());
    }

    boolean flag(String name) {
        return read(() -> config.getBoolean(name));
    }

    int count(String name, int least, int most) {
        return within(name, read(() -> config.getInt(name)), least, most);
    }

    int count(String name, int least) {
        return count(name, least, Integer.MAX_VALUE);
    }

    /** A port, 0 for any free one; -1 where it is off. */
    int port(String name) {
        return text(name).equals("off") || text(name).equals("false") ? -1 : count(name, 0, 65535);
    }

    /** A size; less than 2 GiB. */
    int bytes(String name, int least) {
        return within(name, read(() -> config.getBytes(name)), least, Integer.MAX_VALUE);
    }

    private static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private int within(String name, long value, int least, int most) {
        if (value < least) {
            throw wrong(name, "it must be at least " + least);
        }
        if (value > most) {
            throw wrong(name, "it must be at most " + most);
        }
        return (int) value;
    }

    Duration time(String name, Duration shortest, Duration longest) {
        Duration value = read(() -> config.getDuration(name));
        if (value.compareTo(shortest) < 0 || value.compareTo(longest) > 0) {
            throw wrong(name, "it must be " + shortest.toMillis() + " ms to " + longest.toSeconds() + " s");
        }
        return value;
    }

    /** More than nothing, and at most a year. */
    Duration time(String name) {
        return time(name, Duration.ofMillis(1), Duration.ofDays(366));
    }

    /** One of these, written in lower case. */
    <E extends Enum<E>> E choice(String name, Class<E> kind) {
        String value = text(name);
        for (E each : kind.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(value)) {
                return each;
            }
        }
        throw wrong(
                name,
                "it must be one of "
                        + Arrays.stream(kind.getEnumConstants())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .toList());
    }

    /** A file, relative to the one that names it; null where it is empty. */
    @Nullable
    Path path(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return null;
        }
        String file = config.getValue(name).origin().filename();
        return (file == null ? Path.of(text) : Path.of(file).resolveSibling(text)).toAbsolutePath();
    }

    /** Says that a setting makes no sense. */
    IllegalArgumentException wrong(String name, String rule) {
        return new IllegalArgumentException(where(config.getValue(name).origin()) + name + " is "
                + config.getValue(name).unwrapped() + ", " + rule);
    }

    private static String where(ConfigOrigin origin) {
        return origin.filename() == null ? "" : origin.description() + ": ";
    }

    /** How many letters to add, drop or replace. */
    private static int distance(String from, String to) {
        int[] before = new int[to.length() + 1];
        Arrays.setAll(before, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] now = new int[to.length() + 1];
            now[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, Math.min(before[j], now[j - 1]) + 1);
            }
            before = now;
        }
        return before[to.length()];
    }
}
