package dev.beckon.agent.window;

import dev.beckon.SessionException;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which request is answered by what. */
final class Routes implements Server.Site {
    private static final int MOST_PARAMETERS = 4;
    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final Gate gate;
    private final Page page;
    private final Feed feed;
    private final Sections sections;
    private final Actions actions;

    Routes(Gate gate, Page page, Feed feed, Sections sections, Actions actions) {
        this.gate = gate;
        this.page = page;
        this.feed = feed;
        this.sections = sections;
        this.actions = actions;
    }

    @Override
    public @Nullable Reply refusal(HttpRequest head) {
        return gate.refusal(head);
    }

    @Override
    public @Nullable Reply atOnce(HttpRequest head) {
        String path = Gate.path(head);
        if (path.equals(Gate.ENTER)) {
            return gate.redeem(parameter(head, "token"))
                    ? Page.entrance(gate.key()).with("set-cookie", gate.cookie())
                    : Page.shut();
        }
        if (path.equals(Gate.OPEN)) {
            return Reply.json(Json.object("token", gate.token()));
        }
        if (path.startsWith(Gate.API)) {
            return null;
        }
        Reply file = page.file(path);
        return file != null ? file : Reply.refusal(HttpResponseStatus.NOT_FOUND, "there is no " + path + " here", "");
    }

    @Override
    public Reply work(HttpRequest head, byte[] body) {
        String name = Gate.path(head).substring(Gate.API.length());
        try {
            if (head.method().equals(HttpMethod.POST)) {
                return actions.post(name, body);
            }
            if (name.equals("conversation")) {
                return actions.conversation(parameter(head, "contact"), parameter(head, "before"));
            }
            return Reply.refusal(HttpResponseStatus.NOT_FOUND, "there is no /api/" + name + " to read", "");
        } catch (Refused e) {
            return e.reply();
        } catch (SessionException e) {
            return Refused.of(e);
        } catch (RuntimeException e) {
            log.error("What the page asked for failed: {}", name, e);
            return Reply.refusal(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "something is wrong in Beckon itself",
                    "please report it with the last lines of agent.log");
        }
    }

    private static @Nullable String parameter(HttpRequest head, String name) {
        try {
            List<String> values = new QueryStringDecoder(head.uri(), StandardCharsets.UTF_8, true, MOST_PARAMETERS)
                    .parameters()
                    .get(name);
            return values == null ? null : values.get(0);
        } catch (IllegalArgumentException e) {
            // Malformed escapes: as if it were not there.
            return null;
        }
    }

    @Override
    public @Nullable Reply admit(Channel listener) {
        return feed.admit(listener);
    }

    @Override
    public void listen(Channel listener) {
        sections.tell();
        feed.join(listener);
    }
}
