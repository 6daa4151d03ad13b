package dev.beckon.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who signs in where.
 *
 * @param user address to sign in with, {@code name@domain}
 * @param host where the service is; null to ask DNS for the domain
 * @param port the service's port there; 0 for 5222. Without a host it counts for nothing
 * @param trusted PEM file of certificates to trust beside those the platform trusts; null for none
 */
public record Account(
        String user,
        @Nullable String host,
        int port,
        @Nullable Path trusted) {}
