package dev.beckon.agent;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The computer this agent runs on. */
final class ThisComputer {
    private ThisComputer() {}

    /**
     * Its address as others most likely reach it, found without sending anything: the one the system would
     * send from, else a private or global one of an interface that is up, else loopback.
     */
    static String address() {
        InetAddress routed = routed();
        if (routed != null) {
            return literal(routed);
        }
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .filter(ThisComputer::isUsable)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(ThisComputer::isReachable)
                    .min(Comparator.comparingInt(ThisComputer::rank))
                    .map(ThisComputer::literal)
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }

    /** Connecting a datagram socket sends nothing; it only asks the routing table which address would be used. */
    private static @Nullable InetAddress routed() {
        try (DatagramSocket socket = new DatagramSocket()) {
            // RFC 5737: 192.0.2.0/24 belongs to nobody.
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 9));
            InetAddress local = socket.getLocalAddress();
            return local != null && isReachable(local) ? local : null;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static boolean isUsable(NetworkInterface network) {
        try {
            return network.isUp() && !network.isLoopback();
        } catch (SocketException e) {
            return false;
        }
    }

    private static boolean isReachable(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }

    private static int rank(InetAddress address) {
        return (address.isSiteLocalAddress() ? 0 : 1) + (address instanceof Inet4Address ? 0 : 2);
    }

    /** Without the zone ("%eth0"), which means nothing on another computer. */
    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
