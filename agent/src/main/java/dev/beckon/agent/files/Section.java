package dev.beckon.agent.files;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The values between one pair of braces of a {@link ConfigFile}; every complaint names file, line and key. */
public final class Section {
    private final Path file;
    private final String prefix;
    private final ConfigObject values;

    Section(Path file, String prefix, ConfigObject values) {
        this.file = file;
        this.prefix = prefix;
        this.values = values;
    }

    /** The keys there are, in order. */
    public Set<String> keys() {
        return new TreeSet<>(values.keySet());
    }

    /** Complains about a key that is none of these: most likely a slip of the pen that would count for nothing. */
    public void only(String... known) throws BadFileException {
        for (String key : keys()) {
            if (!List.of(known).contains(key)) {
                throw bad(key, "is not known", "the keys here are " + String.join(", ", known));
            }
        }
    }

    /** A text; the other where the key is missing. */
    public String text(String key, String otherwise) throws BadFileException {
        ConfigValue value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> values.toConfig().getString(ConfigUtil.joinPath(key));
            default -> throw bad(key, "is no text", "write " + key + " = \"…\"");
        };
    }

    /** Texts in brackets, or one without; null where the key is missing. */
    public @Nullable List<String> texts(String key) throws BadFileException {
        ConfigValue value = values.get(key);
        if (value == null) {
            return null;
        }
        if (value.valueType() == ConfigValueType.STRING) {
            return List.of((String) value.unwrapped());
        }
        if (!(value instanceof ConfigList list)) {
            throw bad(key, "is no list", "write " + key + " = [\"…\", \"…\"]");
        }
        List<String> texts = new ArrayList<>();
        for (ConfigValue each : list) {
            if (!(each.unwrapped() instanceof String text)) {
                throw bad(key, "holds something that is no text", "write " + key + " = [\"…\", \"…\"]");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /** Yes or no. */
    public boolean flag(String key, boolean otherwise) throws BadFileException {
        try {
            return values.get(key) == null ? otherwise : values.toConfig().getBoolean(ConfigUtil.joinPath(key));
        } catch (ConfigException e) {
            throw bad(key, "is neither true nor false", "write " + key + " = true or " + key + " = false");
        }
    }

    /** A whole number between bounds. */
    public int count(String key, int otherwise, int min, int max) throws BadFileException {
        String remedy = "use a whole number from " + min + " to " + max;
        try {
            int count = values.get(key) == null ? otherwise : values.toConfig().getInt(ConfigUtil.joinPath(key));
            if (count < min || count > max) {
                throw bad(key, "is " + count, remedy);
            }
            return count;
        } catch (ConfigException e) {
            throw bad(key, "is no whole number", remedy);
        }
    }

    /** A time between bounds, with its unit. */
    public Duration time(String key, Duration otherwise, Duration min, Duration max) throws BadFileException {
        String remedy = "use a time from %d s to %d s, with its unit: %s = %d s"
                .formatted(min.toSeconds(), max.toSeconds(), key, otherwise.toSeconds());
        ConfigValue value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value.valueType() == ConfigValueType.NUMBER) {
            // The library would take milliseconds, and nobody would guess it.
            throw bad(key, "has no unit", remedy);
        }
        try {
            Duration time = values.toConfig().getDuration(ConfigUtil.joinPath(key));
            if (time.compareTo(min) < 0 || time.compareTo(max) > 0) {
                throw bad(key, "is out of range", remedy);
            }
            return time;
        } catch (ConfigException e) {
            throw bad(key, "is no time", remedy);
        }
    }

    /** The section of this key; an empty one where it is missing. */
    public Section section(String key) throws BadFileException {
        ConfigValue value = values.get(key);
        if (value == null) {
            return new Section(file, prefix + key + ".", ConfigValueFactory.fromMap(Map.of()));
        }
        if (!(value instanceof ConfigObject object)) {
            throw bad(key, "is no section", "write " + key + " { … }");
        }
        return new Section(file, prefix + key + ".", object);
    }

    /** The sections in the brackets of this key; none where it is missing. */
    public List<Section> sections(String key) throws BadFileException {
        ConfigValue value = values.get(key);
        if (value == null) {
            return List.of();
        }
        List<Section> sections = new ArrayList<>();
        if (!(value instanceof ConfigList list)) {
            throw bad(key, "is no list", "write " + key + " = [{ … }, { … }]");
        }
        for (ConfigValue each : list) {
            if (!(each instanceof ConfigObject object)) {
                throw bad(key, "holds something that is no section", "write " + key + " = [{ … }, { … }]");
            }
            sections.add(new Section(file, prefix + key + ".", object));
        }
        return sections;
    }

    /** True where the key is there. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** The complaint about a key. */
    public BadFileException bad(String key, String what, String remedy) {
        ConfigValue value = values.get(key);
        int line = value == null ? 0 : Math.max(0, value.origin().lineNumber());
        return ConfigFile.bad(file, line, ConfigFile.plain(prefix + key) + " " + what, remedy);
    }
}
