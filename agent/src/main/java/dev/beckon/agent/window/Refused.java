package dev.beckon.agent.window;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import io.netty.handler.codec.http.HttpResponseStatus;

/** What the page asked for is not done. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    private Refused(Reply reply, String problem) {
        super(problem, null, false, false);
        this.reply = reply;
    }

    /** The request itself makes no sense. */
    static Refused malformed(String problem, String remedy) {
        return refused(HttpResponseStatus.BAD_REQUEST, problem, remedy);
    }

    /** There is no such thing. */
    static Refused notFound(String problem, String remedy) {
        return refused(HttpResponseStatus.NOT_FOUND, problem, remedy);
    }

    /** It cannot be done as things stand. */
    static Refused conflict(String problem, String remedy) {
        return refused(HttpResponseStatus.CONFLICT, problem, remedy);
    }

    private static Refused refused(HttpResponseStatus status, String problem, String remedy) {
        return new Refused(Reply.refusal(status, problem, remedy), problem);
    }

    Reply reply() {
        return reply;
    }

    /** What the messenger refused. */
    static Reply of(SessionException e) {
        HttpResponseStatus status = e.code() == ResultCode.E_INVALIDARG || e.code() == ResultCode.E_POINTER
                ? HttpResponseStatus.BAD_REQUEST
                : HttpResponseStatus.CONFLICT;
        return Reply.refusal(status, e.code().name(), e.problem(), e.remedy());
    }
}
