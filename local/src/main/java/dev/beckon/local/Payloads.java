package dev.beckon.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.Messenger.Connection;
import dev.beckon.MissedInvitation;
import dev.beckon.Session;
import dev.beckon.SessionStep;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the records of the api travel. */
final class Payloads {
    private Payloads() {}

    static JsonObject toJson(Application application) {
        JsonObject json = new JsonObject();
        json.addProperty("guid", application.guid());
        json.addProperty("name", application.name());
        json.addProperty("url", application.url());
        json.addProperty("path", application.path());
        json.addProperty("flags", application.flags());
        return json;
    }

    static Application application(Fields json) {
        long flags = json.has("flags") ? json.integer("flags") : 0;
        if (flags != (int) flags) {
            throw json.refusal("flags is out of range", "use 0, the only value there is");
        }
        return new Application(json.text("guid"), json.text("name"), json.text("url"), json.text("path"), (int) flags);
    }

    static JsonObject guid(String guid) {
        JsonObject json = new JsonObject();
        json.addProperty("guid", guid);
        return json;
    }

    static JsonObject toJson(Connection connection) {
        JsonObject json = new JsonObject();
        json.addProperty("state", connection.state().name());
        json.addProperty("since", connection.since().toString());
        json.addProperty("reason", connection.reason());
        return json;
    }

    static Connection connection(Fields json) {
        return new Connection(
                json.constant("state", Connection.State.class, Connection.State.SIGNED_OUT),
                instant(json, "since"),
                json.text("reason"));
    }

    static JsonObject toJson(MissedInvitation missed) {
        JsonObject json = new JsonObject();
        json.addProperty("sessionId", missed.sessionId());
        json.addProperty("from", missed.from());
        json.addProperty("application", missed.application());
        json.addProperty("applicationName", missed.applicationName());
        json.addProperty("applicationUrl", missed.applicationUrl());
        json.addProperty("when", missed.when().toString());
        json.addProperty("reason", missed.reason());
        return json;
    }

    static MissedInvitation missed(Fields json) {
        return new MissedInvitation(
                json.text("sessionId"),
                json.text("from"),
                json.text("application"),
                json.text("applicationName"),
                json.text("applicationUrl"),
                instant(json, "when"),
                json.text("reason"));
    }

    static JsonObject toJson(ChatMessage message) {
        JsonObject json = new JsonObject();
        json.addProperty("id", message.id());
        json.addProperty("contact", message.contact());
        json.addProperty("own", message.own());
        json.addProperty("text", message.text());
        json.addProperty("when", message.when().toString());
        json.addProperty("fate", message.fate().name());
        json.addProperty("problem", message.problem());
        return json;
    }

    static ChatMessage message(Fields json) {
        return new ChatMessage(
                json.text("id"),
                json.text("contact"),
                json.truth("own"),
                json.text("text"),
                instant(json, "when"),
                json.constant("fate", ChatMessage.Fate.class),
                json.text("problem"));
    }

    static JsonArray toJson(List<Session.Step> steps) {
        JsonArray json = new JsonArray();
        for (Session.Step step : steps) {
            JsonObject each = new JsonObject();
            each.addProperty("step", step.step().name());
            each.addProperty("when", step.when().toString());
            json.add(each);
        }
        return json;
    }

    /** The steps of a session; one that is newer than this program is left out. */
    static List<Session.Step> steps(Fields session) {
        List<Session.Step> steps = new ArrayList<>();
        if (session.has("steps")) {
            for (JsonElement each : session.array("steps")) {
                Fields json = Fields.fromAgent(each, "step");
                SessionStep step = step(json);
                if (step != null) {
                    steps.add(new Session.Step(step, instant(json, "when")));
                }
            }
        }
        return List.copyOf(steps);
    }

    /** The member "step"; null for one that is newer than this program. */
    static @Nullable SessionStep step(Fields json) {
        String name = json.text("step");
        for (SessionStep step : SessionStep.values()) {
            if (step.name().equals(name)) {
                return step;
            }
        }
        return null;
    }

    static Instant instant(Fields json, String name) {
        try {
            return Instant.parse(json.text(name));
        } catch (DateTimeException e) {
            throw json.refusal(name + " is no time", "write it as 2026-11-20T12:00:00Z");
        }
    }
}
