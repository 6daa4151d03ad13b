package dev.beckon.session;

import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import org.jspecify.annotations.Nullable;

/** An event of a session as its listeners hear it; {@code beforeAppLaunch} is a question and no happening. */
sealed interface Happening {
    /** Tells one listener. */
    void tell(SessionListener listener, Session session);

    record StateChanged(SessionState previous) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onStateChanged(session, previous);
        }
    }

    record Accepted(@Nullable String data) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onAccepted(session, data);
        }
    }

    record Declined(@Nullable String data) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onDeclined(session, data);
        }
    }

    record Cancelled(@Nullable String data) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onCancelled(session, data);
        }
    }

    record AppNotPresent(String name, String url) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onAppNotPresent(session, name, url);
        }
    }

    record ReadyToLaunch() implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onReadyToLaunch(session);
        }
    }

    record ContextData(String data) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onContextData(session, data);
        }
    }

    record SendError(ResultCode code) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onSendError(session, code);
        }
    }

    record Termination(ResultCode code, @Nullable String data) implements Happening {
        @Override
        public void tell(SessionListener listener, Session session) {
            listener.onTermination(session, code, data);
        }
    }
}
