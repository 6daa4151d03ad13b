package dev.beckon.cli;

import dev.beckon.service.Administration;
import dev.beckon.service.AdministrationException;
import dev.beckon.service.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which service an operator's command works on, running or not. */
final class StoreOptions {
    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The service's folder.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path home;

    /** Works on a service that is there, or begins one. */
    <T> T make(Function<Administration, T> work) {
        return on(folder -> {
            try (Administration administration = Administration.open(folder)) {
                return work.apply(administration);
            }
        });
    }

    /** Works on the folder. */
    <T> T on(Function<Path, T> work) {
        try {
            return work.apply(home.toAbsolutePath().normalize());
        } catch (AdministrationException e) {
            Exit exit = switch (e.reason()) {
                case INVALID -> Exit.USAGE;
                case EXISTS -> Exit.EXISTS;
                case NOT_FOUND -> Exit.NOT_FOUND;
                case STORE -> Exit.HOME;
            };
            throw new Failure(exit, String.valueOf(e.getMessage()), "");
        }
    }

    /** Works on a service that is there: a misspelt folder is not made into an empty service. */
    <T> T use(Function<Administration, T> work) {
        if (!Files.exists(home.resolve(Store.FILE))) {
            throw new Failure(
                    Exit.HOME,
                    "no service keeps its things in " + home,
                    "give the folder it is served from: beckon serve --home DIR");
        }
        return make(work);
    }
}
