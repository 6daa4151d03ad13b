package dev.beckon.session;

import dev.beckon.Application;

/** Starts applications. Never blocks. */
public interface Launcher {
    /** Starts an application for a session. */
    void launch(Application application, String sessionId, Process process);

    /**
     * The process that was started for a session and is this process or an ancestor of it.
     *
     * @return its process id, as told to {@link Process#started}; 0 where there is none
     */
    long launchedAncestor(long pid);

    /** Opens a download page where the user sees it. Called with http and https only. */
    void openDownloadPage(String url);

    /** What becomes of a started application; any thread. */
    interface Process {
        /** It runs. */
        void started(long pid);

        /** It could not be started. Nothing follows. */
        void failed(String problem);

        /** It ended. Nothing follows. */
        void exited(int status);
    }
}
