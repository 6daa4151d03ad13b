package dev.beckon.agent.registry;

import static dev.beckon.ResultCode.REGDB_E_WRITEREGDB;
import static dev.beckon.ResultCode.SR_APP_ALREADY_REGISTERED;
import static dev.beckon.ResultCode.SR_APP_NOT_REGISTERED;

import dev.beckon.Application;
import dev.beckon.Limits;
import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.FileProblem;
import dev.beckon.agent.launch.CommandLine;
import dev.beckon.session.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered applications as files: one folder of the user's, and read-only ones for every user. The user's file
 * wins over one for every user, an earlier folder over a later one. What is changed by hand is noticed within seconds.
 * A file that cannot be taken is skipped and stands among the {@link #problems}.
 *
 * <p>Thread: any.
 */
public final class FileRegistry implements Registry, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileRegistry.class);
    private static final Duration RESCAN = Duration.ofSeconds(10);

    private final ApplicationFolder own;
    private final List<ApplicationFolder> shared;
    private final FolderWatch watch;
    private final Object folders = new Object();
    private volatile Known known = new Known(Map.of(), List.of(), List.of());
    private volatile @Nullable Listener listener;

    private FileRegistry(Path own, List<Path> shared, Duration rescan) {
        InstantSource clock = InstantSource.system();
        this.own = new ApplicationFolder(own, clock);
        this.shared =
                shared.stream().map(each -> new ApplicationFolder(each, clock)).toList();
        this.watch =
                new FolderWatch(Stream.concat(Stream.of(own), shared.stream()).toList(), rescan, this::look);
    }

    /**
     * Opens a registry.
     *
     * @param own the user's folder; made where it is missing
     * @param shared folders for every user, which need not exist
     * @throws IOException where the user's folder cannot be made
     */
    public static FileRegistry open(Path own, List<Path> shared) throws IOException {
        return open(own, shared, RESCAN);
    }

    static FileRegistry open(Path own, List<Path> shared, Duration rescan) throws IOException {
        AtomicFile.folder(own);
        AtomicFile.sweep(own);
        FileRegistry registry = new FileRegistry(own, shared, rescan);
        registry.look();
        registry.watch.start();
        return registry;
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
    }

    @Override
    public List<Application> applications() {
        return known.byName;
    }

    @Override
    public @Nullable Application application(String guid) {
        return known.byGuid.get(guid);
    }

    /** What is skipped now, and why. */
    public List<FileProblem> problems() {
        return known.problems;
    }

    @Override
    public List<String> complaints() {
        return problems().stream().map(Objects::toString).toList();
    }

    @Override
    public void register(Application application) {
        application.check();
        CommandLine.parse(application.path()).resolved();
        String guid = application.guid();
        synchronized (folders) {
            look();
            if (known.byGuid.containsKey(guid)) {
                throw alreadyRegistered(guid);
            }
            refuseToOverwrite(guid);
            try {
                AtomicFile.folder(own.path());
                ApplicationFile.write(own.path(), application);
            } catch (IOException e) {
                throw notStored("registration", e);
            }
            own.note(guid, application);
            publish();
        }
    }

    @Override
    public void unregister(String guid) {
        Limits.guid(guid);
        synchronized (folders) {
            look();
            Path file = ApplicationFile.of(own.path(), guid);
            boolean mine = own.applications().anyMatch(each -> each.guid().equals(guid));
            if (!mine) {
                throw cannotUnregister(guid);
            }
            try {
                Files.delete(file);
                AtomicFile.persist(own.path());
            } catch (NoSuchFileException e) {
                log.debug("{} was deleted by hand at the same moment", file);
            } catch (IOException e) {
                throw notStored("removal", e);
            }
            own.note(guid, null);
            publish();
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    /** A file that was made by hand a moment ago, or is bad, is not in {@code known} but must not be lost. */
    private void refuseToOverwrite(String guid) {
        Path file = ApplicationFile.of(own.path(), guid);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            ApplicationFile.read(file);
            throw alreadyRegistered(guid);
        } catch (NoSuchFileException e) {
            log.debug("{} went away meanwhile", file);
        } catch (BadFileException e) {
            throw new SessionException(
                    REGDB_E_WRITEREGDB,
                    "there is a file in the way that cannot be taken: " + e.problem(),
                    "or delete the file, and register again");
        }
    }

    private static SessionException alreadyRegistered(String guid) {
        return new SessionException(
                SR_APP_ALREADY_REGISTERED,
                "an application with the GUID " + guid + " is registered already",
                "unregister it first, to change anything");
    }

    private SessionException cannotUnregister(String guid) {
        for (ApplicationFolder folder : shared) {
            if (folder.applications().anyMatch(each -> each.guid().equals(guid))) {
                return new SessionException(
                        REGDB_E_WRITEREGDB,
                        "the application " + guid + " is registered for every user of this computer",
                        "have an administrator delete " + ApplicationFile.of(folder.path(), guid));
            }
        }
        Path file = ApplicationFile.of(own.path(), guid);
        boolean skipped = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        return new SessionException(
                SR_APP_NOT_REGISTERED,
                "no application with the GUID " + guid + " is registered",
                skipped ? "there is a file that cannot be taken; delete " + file : "");
    }

    private SessionException notStored(String what, IOException e) {
        return new SessionException(
                REGDB_E_WRITEREGDB,
                "the " + what + " could not be stored in " + own.path() + ": " + e,
                "make sure that the folder can be written to and the disk is not full");
    }

    /** Looks at the folders; false where it should be done again soon. */
    private boolean look() {
        synchronized (folders) {
            boolean settled = own.look();
            for (ApplicationFolder folder : shared) {
                settled &= folder.look();
            }
            publish();
            return settled;
        }
    }

    /** Makes what the folders hold what is known, and has the difference told. */
    private void publish() {
        Known before = known;
        Known now = Known.of(Stream.concat(Stream.of(own), shared.stream()).toList());
        known = now;
        Set<FileProblem> old = new HashSet<>(before.problems);
        now.problems.stream()
                .filter(problem -> !old.contains(problem))
                .forEach(problem -> log.warn("Skipped {}", problem));
        Set<String> guids = new TreeSet<>(before.byGuid.keySet());
        guids.addAll(now.byGuid.keySet());
        for (String guid : guids) {
            Application was = before.byGuid.get(guid);
            Application is = now.byGuid.get(guid);
            if (was != null && !was.equals(is)) {
                watch.tell(() -> tell(guid, false));
            }
            if (is != null && !is.equals(was)) {
                watch.tell(() -> tell(guid, true));
            }
        }
    }

    private void tell(String guid, boolean registered) {
        Listener to = listener;
        if (to == null) {
            return;
        }
        if (registered) {
            to.registered(guid);
        } else {
            to.unregistered(guid);
        }
    }

    private record Known(Map<String, Application> byGuid, List<Application> byName, List<FileProblem> problems) {
        static Known of(List<ApplicationFolder> folders) {
            Map<String, Application> byGuid = new HashMap<>();
            folders.stream()
                    .flatMap(ApplicationFolder::applications)
                    .forEach(application -> byGuid.putIfAbsent(application.guid(), application));
            List<Application> byName = byGuid.values().stream()
                    .sorted(Comparator.comparing(Application::name, String.CASE_INSENSITIVE_ORDER)
                            .thenComparing(Application::guid))
                    .toList();
            return new Known(
                    Map.copyOf(byGuid),
                    byName,
                    folders.stream().flatMap(ApplicationFolder::problems).toList());
        }
    }
}
