package dev.beckon.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Signs users in and out, some at a time. */
final class SignIns {
    /**
     * What all of them do alike.
     *
     * @param resource wanted
     * @param presence what is sent once bound, which the server answers with; empty: none, being bound is enough
     */
    record Recipe(String resource, String presence, Scram.KeyCache keys) {
        static Recipe simple() {
            return new Recipe("load", "<presence/>", new Scram.KeyCache());
        }

        /** For who takes presence into own hands, to see all that it brings. */
        static Recipe unannounced() {
            return new Recipe("load", "", new Scram.KeyCache());
        }
    }

    private static final int CONNECT_MILLIS = 20_000;
    private static final long LONGEST_END_SECONDS = 60;

    private final Server server;
    private final Lanes lanes;
    private final Recipe recipe;
    private final int atOnce;
    private final Duration patience;

    /** {@code patience} is how long it may take until the next is signed in. */
    SignIns(Server server, Lanes lanes, Recipe recipe, int atOnce, Duration patience) {
        this.server = server;
        this.lanes = lanes;
        this.recipe = recipe;
        this.atOnce = atOnce;
        this.patience = patience;
    }

    /** Begins to sign one user in, to go on with a stream if one is given. */
    Client begin(User user, Lane lane, Client.@Nullable Resumption resumption) {
        Client client = new Client(server, lane, user, recipe, resumption);
        ChannelFuture connect = new Bootstrap()
                .group(lane.loop())
                .channel(Lanes.channelType())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(client.connection);
                    }
                })
                .connect(server.host(), server.port());
        connect.addListener(connected -> {
            if (!connected.isSuccess()) {
                client.signedIn.completeExceptionally(new ServerFault(client + " could not connect to " + server.host()
                        + " port " + server.port() + ": " + connected.cause().getMessage()));
            }
        });
        return client;
    }

    /** Signs all of them in; two that follow each other are on one lane. Throws the first fault. */
    List<Client> all(List<User> users) throws ServerFault, InterruptedException {
        Faults faults = new Faults();
        Semaphore slots = new Semaphore(atOnce);
        List<Client> clients = new ArrayList<>(users.size());
        try {
            for (User user : users) {
                acquire(slots, 1, clients);
                faults.check();
                Client client = begin(user, lanes.of(clients.size() / 2), null);
                clients.add(client);
                client.signedIn.whenComplete((done, fault) -> {
                    if (fault != null) {
                        faults.add(String.valueOf(fault.getMessage()));
                    }
                    slots.release();
                });
            }
            acquire(slots, atOnce, clients);
            faults.check();
            return clients;
        } catch (ServerFault | InterruptedException e) {
            out(clients);
            throw e;
        }
    }

    private void acquire(Semaphore slots, int number, List<Client> clients) throws ServerFault, InterruptedException {
        if (!slots.tryAcquire(number, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            Client stuck = clients.stream()
                    .filter(client -> !client.signedIn.isDone())
                    .findFirst()
                    .orElseThrow();
            throw new ServerFault("nobody was signed in for " + patience.toSeconds() + " s; " + stuck + " waits for "
                    + stuck.waitsFor());
        }
    }

    /** Signs all of them out and waits until their connections are closed. */
    void out(List<Client> clients) throws InterruptedException {
        for (Client client : clients) {
            client.connection.lane().loop().execute(client.connection::leave);
        }
        for (Client client : clients) {
            try {
                client.connection.closed().get(LONGEST_END_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("the connection of " + client + " does not close", e);
            }
        }
    }
}
