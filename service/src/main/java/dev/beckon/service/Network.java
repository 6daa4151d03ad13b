package dev.beckon.service;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.HexFormat;

/** What counts as one address where connections and tries are counted: of IPv6 the /64 network, since that is what one customer has. */
public final class Network {
    private static final int NETWORK_BYTES = 8;

    private Network() {}

    /** A key for maps. */
    public static String of(InetAddress address) {
        return of(address.getAddress());
    }

    /** Likewise for an address as text; what is none stands for itself. */
    public static String of(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null ? address : of(bytes);
    }

    private static String of(byte[] address) {
        return HexFormat.of().formatHex(address, 0, Math.min(address.length, NETWORK_BYTES));
    }
}
