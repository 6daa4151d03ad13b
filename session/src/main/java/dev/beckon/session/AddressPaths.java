package dev.beckon.session;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses transport: nothing is negotiated, each side tells an address and the applications connect by themselves.
 * Such a path stands as soon as both addresses are known.
 */
public final class AddressPaths implements Path.Factory {
    @Override
    public List<String> transports() {
        return List.of(Signal.Endpoint.ADDRESSES);
    }

    @Override
    public Path open(String transport, String sid, boolean inviter) {
        if (!transport.equals(Signal.Endpoint.ADDRESSES)) {
            throw new IllegalArgumentException("not a transport of this factory: " + transport);
        }
        return new AddressPath();
    }

    /**
     * This computer's address as others most likely reach it, found without sending anything: the one the system would
     * send from, else a private or global one of an interface that is up, else loopback.
     */
    public static String thisComputer() {
        InetAddress routed = routed();
        if (routed != null) {
            return literal(routed);
        }
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .filter(AddressPaths::isUsable)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(AddressPaths::isReachable)
                    .min(Comparator.comparingInt(AddressPaths::rank))
                    .map(AddressPaths::literal)
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

    private static final class AddressPath implements Path {
        private @Nullable Events events;
        private Signal.@Nullable Endpoint remote;
        private boolean done;

        @Override
        public synchronized void prepare(@Nullable String chosenAddress, Events events) {
            this.events = events;
            String address = chosenAddress == null ? thisComputer() : chosenAddress;
            events.ready(new Signal.Endpoint(address, Signal.Endpoint.ADDRESSES));
            connectIfKnown();
        }

        @Override
        public synchronized void remote(Signal.Endpoint endpoint) {
            remote = endpoint;
            connectIfKnown();
        }

        @Override
        public synchronized void close() {
            done = true;
        }

        private void connectIfKnown() {
            if (events == null || remote == null || done) {
                return;
            }
            done = true;
            if (remote.address() == null) {
                events.failed("the other side told no address");
            } else {
                events.connected(remote.address());
            }
        }
    }
}
