package dev.beckon.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session as it travels: what its reading members gave at one moment; null where they failed, as they do before the
 * value is known.
 *
 * @param sessionId what this connection calls it: the ID it was first handed with
 * @param joinedId the ID both sides go by since the invitation crossed another one and gave way to it; null where none did
 * @param revision of two of one session, the one with the higher number is newer
 */
record SessionData(
        String sessionId,
        @Nullable String joinedId,
        long revision,
        SessionState state,
        Set<SessionFlag> flags,
        @Nullable String application,
        @Nullable String applicationName,
        @Nullable String applicationUrl,
        @Nullable ContactData user,
        @Nullable String contextData,
        String localAddress,
        @Nullable String remoteAddress,
        List<Session.Step> steps,
        @Nullable Instant expires,
        @Nullable ResultCode result,
        @Nullable String invitationText) {

    /** What a session reads now; {@code known} is the name it was first handed with, null for one not handed before. */
    static SessionData of(Session session, @Nullable String known, long revision) {
        // The state is read first: what it promises (an address once CONNECTED) is then there.
        SessionState state = session.state();
        String id = session.sessionId();
        return new SessionData(
                known == null ? id : known,
                known == null || known.equals(id) ? null : id,
                revision,
                state,
                session.flags(),
                orNull(session::application),
                orNull(session::applicationName),
                orNull(session::applicationUrl),
                orNull(() -> ContactData.of(session.user(), revision)),
                session.contextData(),
                session.localAddress(),
                orNull(session::remoteAddress),
                session.steps(),
                session.expires(),
                session.result(),
                session.invitationText());
    }

    private static <T> @Nullable T orNull(Supplier<T> read) {
        try {
            return read.get();
        } catch (SessionException notYet) {
            return null;
        }
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("sessionId", sessionId);
        if (joinedId != null) {
            json.addProperty("joinedId", joinedId);
        }
        json.addProperty("revision", revision);
        json.addProperty("state", state.name());
        JsonArray names = new JsonArray();
        for (SessionFlag flag : flags) {
            names.add(flag.name());
        }
        json.add("flags", names);
        json.addProperty("application", application);
        json.addProperty("applicationName", applicationName);
        json.addProperty("applicationUrl", applicationUrl);
        json.add("user", user == null ? JsonNull.INSTANCE : user.toJson());
        json.addProperty("contextData", contextData);
        json.addProperty("localAddress", localAddress);
        json.addProperty("remoteAddress", remoteAddress);
        json.add("steps", Payloads.toJson(steps));
        json.addProperty("expires", expires == null ? null : expires.toString());
        json.addProperty("result", result == null ? null : result.name());
        json.addProperty("invitationText", invitationText);
        return json;
    }

    static SessionData from(Fields json) {
        Set<SessionFlag> flags = EnumSet.noneOf(SessionFlag.class);
        for (JsonElement name : json.array("flags")) {
            for (SessionFlag flag : SessionFlag.values()) {
                if (name.isJsonPrimitive() && flag.name().equals(name.getAsString())) {
                    flags.add(flag);
                }
            }
        }
        return new SessionData(
                json.text("sessionId"),
                json.textOrNull("joinedId"),
                json.integer("revision"),
                json.constant("state", SessionState.class, SessionState.UNKNOWN),
                Collections.unmodifiableSet(flags),
                json.textOrNull("application"),
                json.textOrNull("applicationName"),
                json.textOrNull("applicationUrl"),
                json.has("user") ? ContactData.from(json.object("user")) : null,
                json.textOrNull("contextData"),
                json.text("localAddress"),
                json.textOrNull("remoteAddress"),
                Payloads.steps(json),
                json.has("expires") ? Payloads.instant(json, "expires") : null,
                json.has("result") ? json.constant("result", ResultCode.class, ResultCode.E_FAIL) : null,
                json.textOrNull("invitationText"));
    }

    /** The same session after its agent is gone. */
    SessionData lost(Instant when) {
        List<Session.Step> ended = new ArrayList<>(steps);
        if (state != SessionState.READY) {
            ended.add(new Session.Step(SessionStep.ENDED, when));
        }
        return new SessionData(
                sessionId,
                joinedId,
                revision,
                SessionState.TERMINATED,
                flags,
                application,
                applicationName,
                applicationUrl,
                user,
                contextData,
                localAddress,
                remoteAddress,
                List.copyOf(ended),
                null,
                ResultCode.SR_CONNECTION_FAILURE,
                invitationText);
    }
}
