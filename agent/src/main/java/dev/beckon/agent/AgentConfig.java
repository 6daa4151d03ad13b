package dev.beckon.agent;

import dev.beckon.local.Beckon;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is started with. What its user may change by hand stands in {@code HOME/agent.conf} instead.
 *
 * @param home the agent's folder; made where it is missing, and kept to its user alone
 * @param user address to sign in with, {@code name@domain}
 * @param password tells the password when it is needed, also for signing in again; the array is wiped after use
 * @param host where the service is; null to ask DNS for the domain
 * @param port the service's port there; 0 for 5222. Without a host it counts for nothing
 * @param trusted PEM file of certificates to trust beside those the platform trusts; null for none
 * @param systemApplications read-only folders of applications registered for every user, the first one winning
 * @param notices takes what the user should read but no window shows, a line at a time; any thread
 */
public record AgentConfig(
        Path home,
        String user,
        Supplier<char[]> password,
        @Nullable String host,
        int port,
        @Nullable Path trusted,
        List<Path> systemApplications,
        Consumer<String> notices) {
    /** What an agent is started with. */
    public AgentConfig {
        systemApplications = List.copyOf(systemApplications);
    }

    /** An agent that finds its service by DNS and prints notices on standard output. */
    public static AgentConfig of(Path home, String user, Supplier<char[]> password) {
        return new AgentConfig(home, user, password, null, 0, null, systemFolders(), System.out::println);
    }

    /** This, with the service at a known place. */
    public AgentConfig withService(String serviceHost, int servicePort) {
        return new AgentConfig(home, user, password, serviceHost, servicePort, trusted, systemApplications, notices);
    }

    /** This, trusting the certificates of a PEM file as well. */
    public AgentConfig withTrusted(Path pem) {
        return new AgentConfig(home, user, password, host, port, pem, systemApplications, notices);
    }

    /** This, with other folders of applications registered for every user. */
    public AgentConfig withSystemApplications(List<Path> folders) {
        return new AgentConfig(home, user, password, host, port, trusted, folders, notices);
    }

    /** This, with notices going elsewhere. */
    public AgentConfig withNotices(Consumer<String> elsewhere) {
        return new AgentConfig(home, user, password, host, port, trusted, systemApplications, elsewhere);
    }

    /** The home of an agent whose user named none, see {@link Beckon#home}. */
    public static Path defaultHome() {
        return Beckon.home();
    }

    /** {@code beckon/apps} in each of {@code $XDG_CONFIG_DIRS}, by default in {@code /etc/xdg}. */
    public static List<Path> systemFolders() {
        String configured = System.getenv("XDG_CONFIG_DIRS");
        String folders = configured == null || configured.isEmpty() ? "/etc/xdg" : configured;
        return Arrays.stream(folders.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .filter(Path::isAbsolute)
                .map(folder -> folder.resolve("beckon").resolve("apps"))
                .toList();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "AgentConfig[home=%s, user=%s, host=%s, port=%d]".formatted(home, user, host, port);
    }
}
