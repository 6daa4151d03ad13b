package dev.beckon.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An account that exists on the server. */
record User(String name, String password) {
    /** Reads lines {@code name,password}; empty ones and those that begin with # are passed over. */
    static List<User> read(Path file) throws IOException {
        List<User> users = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int comma = line.indexOf(',');
            if (comma < 1 || comma == line.length() - 1) {
                throw new IOException(file + " line " + number + ": a line is name,password");
            }
            users.add(new User(line.substring(0, comma), line.substring(comma + 1)));
        }
        return users;
    }

    /** Not the password. */
    @Override
    public String toString() {
        return name;
    }
}
