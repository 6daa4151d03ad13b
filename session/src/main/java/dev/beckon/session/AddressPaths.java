package dev.beckon.session;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The addresses transport: nothing is negotiated, each side tells an address and the applications connect by themselves.
 * Such a path stands as soon as both addresses are known.
 */
public final class AddressPaths implements Path.Factory {
    private final Supplier<String> thisComputer;

    /** @param thisComputer tells this computer's address, while the application has chosen none */
    public AddressPaths(Supplier<String> thisComputer) {
        this.thisComputer = thisComputer;
    }

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

    @Override
    public String localAddress() {
        return thisComputer.get();
    }

    private final class AddressPath implements Path {
        private @Nullable Events events;
        private Signal.@Nullable Endpoint remote;
        private boolean done;

        @Override
        public synchronized void prepare(@Nullable String chosenAddress, Events events) {
            this.events = events;
            String address = chosenAddress == null ? localAddress() : chosenAddress;
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
