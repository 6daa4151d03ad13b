package dev.beckon.agent.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Small programs for tests. */
final class Scripts {
    private Scripts() {}

    static Path script(Path folder, String name, String... lines) throws IOException {
        // Written under another name and moved: executing a file somebody still has open for writing fails (ETXTBSY),
        // and a
        // process that is being started by another test may hold it open for a moment.
        Path made = folder.resolve(name + ".made");
        Files.writeString(made, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.move(made, folder.resolve(name));
    }
}
