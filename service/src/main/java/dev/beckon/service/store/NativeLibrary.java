package dev.beckon.service.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native library, unpacked once under the home folder. The driver by itself unpacks it into the temporary folder of the
 * machine anew for each process, and a process that is killed leaves its megabyte there.
 */
final class NativeLibrary {
    private static final Logger log = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String FOLDER = "native";
    private static final String DRIVER_PATH = "org.sqlite.lib.path";

    private NativeLibrary() {}

    /** Where the first store of a process is, there its library is. Where this fails, the driver helps itself. */
    static synchronized void unpack(Path home) {
        // Windows deletes no library that is in use, so that the home folder could not be removed after use.
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        if (windows || System.getProperty(DRIVER_PATH) != null) {
            return;
        }
        String name = LibraryLoaderUtil.getNativeLibName();
        try (InputStream in =
                SQLiteConfig.class.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
            if (in == null) {
                return;
            }
            byte[] library = in.readAllBytes();
            Path folder = Database.createPrivateFolder(home.resolve(FOLDER));
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), library)) {
                Path fresh = Files.createTempFile(folder, name, ".new");
                Files.write(fresh, library);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            System.setProperty(DRIVER_PATH, folder.toAbsolutePath().toString());
        } catch (IOException e) {
            log.debug("SQLite's library is not kept under {}: {}", home, e.toString());
        }
    }
}
