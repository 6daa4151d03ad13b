package dev.beckon;

import static dev.beckon.ResultCode.E_INVALIDARG;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * A registered application.
 *
 * <p>Source: IMsgrSessionManager::RegisterApplication; seed page 001.
 *
 * @param guid {@code {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}}, upper case, the same on every computer
 * @param name what people call it, at most 256 characters, may be empty
 * @param url where it can be downloaded, https or http without user information, at most 256 characters, may be empty
 * @param path absolute path of the executable, at most 260 characters; may carry arguments, separated by spaces; a part
 *     with spaces stands in double quotes
 * @param flags reserved, 0
 */
public record Application(String guid, String name, String url, String path, int flags) {
    /** An application; nothing is checked yet, see {@link #check}. */
    public Application {}

    /** An application, with flags 0. */
    public Application(String guid, String name, String url, String path) {
        this(guid, name, url, path, 0);
    }

    /**
     * This application, if every value keeps its limit and form. That the path resolves is checked where it is
     * registered.
     *
     * @throws SessionException E_INVALIDARG
     */
    public Application check() {
        Limits.guid(guid);
        Limits.text("application name", name, Limits.NAME_CHARACTERS);
        checkUrl(url);
        Limits.text("path", path, Limits.PATH_CHARACTERS);
        if (path.isBlank()) {
            throw new SessionException(E_INVALIDARG, "path is empty", "give the absolute path of the executable");
        }
        if (flags != 0) {
            throw new SessionException(E_INVALIDARG, "flags is " + flags, "use 0, the only value there is");
        }
        return this;
    }

    /**
     * A download address: empty, or http(s) with a host and without user information or invisible
     * characters, at most 256 characters.
     *
     * @throws SessionException E_INVALIDARG
     */
    public static String checkUrl(String url) {
        Limits.text("URL", url, Limits.URL_CHARACTERS);
        if (url.isEmpty()) {
            return url;
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new SessionException(E_INVALIDARG, "URL \"" + url + "\" is malformed", "write https://host/path");
        }
        boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
        if (!web || uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw new SessionException(
                    E_INVALIDARG,
                    "URL \"" + url + "\" is not a plain web address",
                    "write https://host/path, without a user name");
        }
        // What is shown must be what is opened: no characters that turn the text around or cannot be seen.
        if (url.codePoints().anyMatch(c -> Character.getType(c) == Character.FORMAT)) {
            throw new SessionException(
                    E_INVALIDARG,
                    "the URL holds characters that cannot be seen or turn text around",
                    "write it in plain letters");
        }
        return url;
    }
}
