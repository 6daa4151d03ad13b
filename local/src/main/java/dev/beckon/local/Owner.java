package dev.beckon.local;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Who this process runs as, and who is at the other end of a socket. */
final class Owner {
    private Owner() {}

    /** The user this process runs as: the owner of what it makes. */
    static UserPrincipal me() throws IOException {
        Path self = Path.of("/proc/self");
        if (Files.exists(self)) {
            return Files.getOwner(self);
        }
        Path probe = Files.createTempFile("beckon", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    /**
     * The user at the other end, as the system vouches for it.
     *
     * @return null on a system that cannot tell (Windows); there the folder's access list alone keeps others out
     */
    static @Nullable UserPrincipal peer(SocketChannel channel) throws IOException {
        return channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)
                ? channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user()
                : null;
    }
}
