package dev.beckon.service;

import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.store.Snapshot;
import dev.beckon.service.store.Store;
import dev.beckon.service.store.StoreException;
import dev.beckon.service.stream.Certificates;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * All that a service keeps in its home folder, as one file: accounts, contact lists, keys, and its own certificate with its key. The file
 * is a ZIP whose first entry names the others with their lengths and SHA-256. Whoever reads it can be the service: it is its owner's
 * alone. Every refusal is an {@link AdministrationException}. Blocks; any thread.
 */
public final class Backup {
    private static final String CONTENTS = "beckon-backup-1";
    private static final String KEYSTORE = "tls/keystore.p12";
    private static final String PASSWORD = "tls/password";

    /** What is there of it is kept. The database comes last when it is put back: until then there is no service. */
    private static final List<String> FILES = List.of(Certificates.PUBLIC_FILE, KEYSTORE, PASSWORD, Store.FILE);

    /** What belongs to the database as long as it lies in its place. */
    private static final List<String> BESIDE = List.of(Store.FILE + "-wal", Store.FILE + "-shm");

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Backup() {}

    private record Part(long length, String sha256) {}

    /**
     * Writes a backup of a home folder, whose service may be running, and reads it again.
     *
     * @param file must not exist yet
     * @return its length in bytes
     */
    public static long write(Path home, Path file) {
        if (!Files.exists(home.resolve(Store.FILE))) {
            throw new AdministrationException(Reason.NOT_FOUND, "no service keeps its things in " + home);
        }
        Path whole = file.toAbsolutePath();
        if (Files.exists(whole)) {
            throw new AdministrationException(Reason.EXISTS, file + " exists already; give another name");
        }
        return inFolderBeside(whole, work -> {
            Path archive = work.resolve("archive");
            Map<String, Part> parts = collect(home, work);
            pack(work, parts, archive);
            Path again = privateFolder(work.resolve("again"));
            unpack(archive, again);
            Files.move(archive, whole, StandardCopyOption.ATOMIC_MOVE);
            return Files.size(whole);
        });
    }

    private static Map<String, Part> collect(Path home, Path work) throws IOException {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (String name : FILES) {
            Path copy = work.resolve(name);
            privateFolder(parent(copy));
            if (name.equals(Store.FILE)) {
                Snapshot.take(home, copy);
            } else if (Files.exists(home.resolve(name))) {
                Files.copy(home.resolve(name), copy);
            } else {
                continue;
            }
            try (OutputStream nowhere = OutputStream.nullOutputStream()) {
                parts.put(name, copy(Files.newInputStream(copy), nowhere));
            }
        }
        return parts;
    }

    private static void pack(Path work, Map<String, Part> parts, Path archive) throws IOException {
        Files.createFile(archive, ownersAlone(archive, "rw-------"));
        try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.WRITE);
                ZipOutputStream zip =
                        new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)))) {
            zip.putNextEntry(new ZipEntry(CONTENTS));
            StringBuilder contents = new StringBuilder();
            parts.forEach((name, part) -> contents.append(part.sha256)
                    .append(' ')
                    .append(part.length)
                    .append(' ')
                    .append(name)
                    .append('\n'));
            zip.write(contents.toString().getBytes(StandardCharsets.UTF_8));
            for (String name : parts.keySet()) {
                zip.putNextEntry(new ZipEntry(name));
                Files.copy(work.resolve(name), zip);
            }
            zip.finish();
            zip.flush();
            channel.force(true);
        }
    }

    /**
     * Puts a backup into a home folder, having read and checked all of it. What lay there is kept in a folder beneath.
     *
     * @param force also where there is a service's store already
     * @return where the former things are now, if there were any
     */
    @SuppressWarnings("try") // the lock is held, not used
    public static Optional<Path> restore(Path home, Path archive, boolean force) {
        try {
            Certificates.createPrivateFolder(home);
        } catch (IOException e) {
            throw new AdministrationException(Reason.STORE, "cannot make " + home + ": " + e, e);
        }
        try (AutoCloseable alone = Store.lock(home)) {
            boolean interrupted = Files.exists(home.resolve(Store.RESTORING));
            if (!force && !interrupted && Files.exists(home.resolve(Store.FILE))) {
                throw new AdministrationException(
                        Reason.EXISTS,
                        "there is a service in " + home + " already; --force puts the backup in its place");
            }
            return inFolderBeside(home.resolve(Store.FILE), work -> {
                Path fresh = privateFolder(work.resolve("fresh"));
                List<String> names = unpack(archive, fresh);
                return exchange(home, fresh, names);
            });
        } catch (StoreException e) {
            throw new AdministrationException(Reason.STORE, String.valueOf(e.getMessage()), e);
        } catch (AdministrationException e) {
            throw e;
        } catch (Exception e) {
            throw new AdministrationException(Reason.STORE, "cannot restore into " + home + ": " + e, e);
        }
    }

    /** A crash in between leaves a mark, which keeps a service from beginning anew on what is half there. */
    private static Optional<Path> exchange(Path home, Path fresh, List<String> names) throws IOException {
        Path mark = home.resolve(Store.RESTORING);
        Files.deleteIfExists(mark);
        Files.createFile(mark, ownersAlone(home, "rw-------"));
        Path aside = home.resolve("before-restore-" + STAMP.format(Instant.now()));
        boolean any = false;
        List<String> former = new ArrayList<>(FILES);
        former.addAll(BESIDE);
        for (String name : former) {
            if (Files.exists(home.resolve(name))) {
                any = true;
                privateFolder(parent(aside.resolve(name)));
                Files.move(home.resolve(name), aside.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        for (String name : FILES) {
            if (names.contains(name)) {
                privateFolder(parent(home.resolve(name)));
                Files.move(fresh.resolve(name), home.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        Files.delete(mark);
        return any ? Optional.of(aside) : Optional.empty();
    }

    /** Unpacks an archive and checks that it is whole and can be used. */
    private static List<String> unpack(Path archive, Path to) throws IOException {
        Map<String, Part> parts = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (String line : contents(zip, archive)) {
                String[] words = line.split(" ", 3);
                if (words.length != 3 || !FILES.contains(words[2]) || !words[1].matches("[0-9]{1,15}")) {
                    throw damaged(archive, "it holds something that belongs to no backup");
                }
                parts.put(words[2], new Part(Long.parseLong(words[1]), words[0]));
            }
            if (!parts.containsKey(Store.FILE)) {
                throw damaged(archive, "it holds no " + Store.FILE);
            }
            for (Map.Entry<String, Part> each : parts.entrySet()) {
                ZipEntry entry = zip.getEntry(each.getKey());
                Path file = to.resolve(each.getKey());
                privateFolder(parent(file));
                if (entry == null || entry.getSize() != each.getValue().length) {
                    throw damaged(archive, each.getKey() + " is not whole");
                }
                Files.createFile(file, ownersAlone(to, "rw-------"));
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    Part found = copy(zip.getInputStream(entry), Channels.newOutputStream(channel));
                    if (!found.equals(each.getValue())) {
                        throw damaged(archive, each.getKey() + " is not what was backed up");
                    }
                    channel.force(true);
                }
            }
        } catch (ZipException e) {
            throw damaged(archive, String.valueOf(e.getMessage()));
        }
        checkKeystore(archive, to);
        try {
            Snapshot.check(to.resolve(Store.FILE));
        } catch (StoreException e) {
            throw damaged(archive, String.valueOf(e.getMessage()));
        }
        return List.copyOf(parts.keySet());
    }

    private static List<String> contents(ZipFile zip, Path archive) throws IOException {
        ZipEntry entry = zip.getEntry(CONTENTS);
        if (entry == null || entry.getSize() > 10_000) {
            throw damaged(archive, "it is no backup of a service");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(10_000), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    /** The two are replaced one after the other when the certificate is renewed; a backup taken in between would be of no use. */
    private static void checkKeystore(Path archive, Path folder) throws IOException {
        Path keystore = folder.resolve(KEYSTORE);
        if (!Files.exists(keystore)) {
            return;
        }
        try {
            String password = Files.readString(folder.resolve(PASSWORD)).strip();
            KeyStore.getInstance(keystore.toFile(), password.toCharArray());
        } catch (IOException | GeneralSecurityException e) {
            throw damaged(
                    archive, "the certificate's key cannot be read (" + e.getMessage() + "); make another backup");
        }
    }

    private static AdministrationException damaged(Path archive, String why) {
        return new AdministrationException(Reason.STORE, archive + " cannot be used: " + why);
    }

    private static Part copy(InputStream from, OutputStream to) throws IOException {
        try (from) {
            DigestOutputStream out = new DigestOutputStream(to, MessageDigest.getInstance("SHA-256"));
            long length = from.transferTo(out);
            out.flush();
            return new Part(
                    length, HexFormat.of().formatHex(out.getMessageDigest().digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Work<T> {
        T in(Path folder) throws IOException;
    }

    /** On the same file system, so that what is finished can be moved in one step. */
    private static <T> T inFolderBeside(Path file, Work<T> work) {
        try {
            Path folder = Files.createTempDirectory(parent(file), ".beckon-", ownersAlone(parent(file), "rwx------"));
            try {
                return work.in(folder);
            } finally {
                delete(folder);
            }
        } catch (StoreException e) {
            throw new AdministrationException(Reason.STORE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new AdministrationException(Reason.STORE, "cannot work on " + file + ": " + e, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException fault) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.getRoot() : parent;
    }

    private static Path privateFolder(Path folder) throws IOException {
        Certificates.createPrivateFolder(folder);
        return folder;
    }

    private static FileAttribute<?>[] ownersAlone(Path at, String mode) {
        return at.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
