package dev.beckon.local;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;

/**
 * A message that was refused before it reached the api, and the JSON-RPC error that says so. One encoder and one decoder
 * for errors of either kind.
 */
final class RpcError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // JSON-RPC 2.0 §5.1
    private static final int PARSE_ERROR = -32700;
    private static final int INVALID_REQUEST = -32600;
    private static final int METHOD_NOT_FOUND = -32601;
    private static final int INVALID_PARAMS = -32602;
    private static final int INTERNAL_ERROR = -32603;
    // JSON-RPC 2.0 §5.1: -32000 to -32099 are the server's own
    private static final int BUSY = -32000;
    private static final int HELLO_FIRST = -32002;

    private final int code;
    private final String name;
    private final String problem;
    private final String remedy;

    private RpcError(int code, String name, String problem, String remedy) {
        // A refusal is an outcome, not a fault: it costs no stack trace, however many of them a broken program causes.
        super(problem, null, false, false);
        this.code = code;
        this.name = name;
        this.problem = problem;
        this.remedy = remedy;
    }

    static RpcError parse(String problem, String remedy) {
        return new RpcError(PARSE_ERROR, "PARSE_ERROR", problem, remedy);
    }

    static RpcError invalidRequest(String problem, String remedy) {
        return new RpcError(INVALID_REQUEST, "INVALID_REQUEST", problem, remedy);
    }

    static RpcError methodNotFound(String method) {
        String shown = method.length() > 60 ? method.substring(0, 60) + "…" : method;
        return new RpcError(
                METHOD_NOT_FOUND,
                "METHOD_NOT_FOUND",
                "there is no method \"" + shown + "\"",
                "use one of docs/local-api.md; names are case-sensitive");
    }

    static RpcError invalidParams(String problem, String remedy) {
        return new RpcError(INVALID_PARAMS, "INVALID_PARAMS", problem, remedy);
    }

    static RpcError internal() {
        return new RpcError(INTERNAL_ERROR, "INTERNAL_ERROR", "the agent failed", "see the agent's log for the cause");
    }

    static RpcError busy(String problem, String remedy) {
        return new RpcError(BUSY, "BUSY", problem, remedy);
    }

    static RpcError helloFirst() {
        return new RpcError(
                HELLO_FIRST, "HELLO_FIRST", "the first message must be hello", "send hello, then everything else");
    }

    int code() {
        return code;
    }

    String problem() {
        return problem;
    }

    JsonObject toJson() {
        return error(code, name, problem, remedy);
    }

    static JsonObject toJson(SessionException e) {
        return error(e.code().number(), e.code().name(), e.problem(), e.remedy());
    }

    private static JsonObject error(int code, String name, String problem, String remedy) {
        JsonObject data = new JsonObject();
        data.addProperty("name", name);
        data.addProperty("problem", problem);
        data.addProperty("remedy", remedy);
        JsonObject error = new JsonObject();
        error.addProperty("code", code);
        error.addProperty("message", problem);
        error.add("data", data);
        return error;
    }

    /** The exception an error stands for; a code of JSON-RPC itself becomes E_INVALIDARG or E_FAIL. */
    static SessionException toException(JsonElement error) {
        try {
            Fields fields = Fields.fromAgent(error, "error");
            int number = (int) fields.integer("code");
            ResultCode code = ResultCode.of(number);
            if (code == null) {
                code = number == INVALID_PARAMS ? ResultCode.E_INVALIDARG : ResultCode.E_FAIL;
            }
            String message = fields.text("message");
            if (!fields.has("data")) {
                return new SessionException(code, message, "");
            }
            Fields data = fields.object("data");
            String problem = data.textOrNull("problem");
            String remedy = data.textOrNull("remedy");
            return new SessionException(code, problem == null ? message : problem, remedy == null ? "" : remedy);
        } catch (SessionException unreadable) {
            return unreadable;
        }
    }
}
