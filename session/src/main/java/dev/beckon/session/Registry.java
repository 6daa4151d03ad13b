package dev.beckon.session;

import dev.beckon.Application;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The applications registered on this computer. Answers at once. */
public interface Registry {
    /** Tells the listener what changes from now on. */
    void start(Listener listener);

    /** All, by name. */
    List<Application> applications();

    /** One; null where it is not registered. */
    @Nullable
    Application application(String guid);

    /** See {@link dev.beckon.SessionManager#registerApplication}. */
    void register(Application application);

    /** See {@link dev.beckon.SessionManager#unregisterApplication}. */
    void unregister(String guid);

    /** What of it cannot be taken now, for {@link dev.beckon.Messenger#problems}. */
    default List<String> complaints() {
        return List.of();
    }

    /** What changes; any thread. */
    interface Listener {
        /** An application is there now. */
        void registered(String guid);

        /** An application is gone. */
        void unregistered(String guid);
    }
}
