package dev.beckon.xmpp;

import dev.beckon.service.Administration;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A real service on a free port, with alice, bob and carol, and the clients that sign in to it. */
final class ServiceHouse implements AutoCloseable {
    static final String DOMAIN = "house.example";

    private final ServiceConfig config;
    private final List<Device> devices = new ArrayList<>();
    private Service service;

    ServiceHouse(Path home) {
        this(home, config -> config);
    }

    ServiceHouse(Path home, UnaryOperator<ServiceConfig> change) {
        try (Administration admin = Administration.open(home)) {
            for (String name : List.of("alice", "bob", "carol")) {
                admin.addUser(name, "password of " + name);
            }
        }
        ServiceConfig wanted = change.apply(
                ServiceConfig.of(home, DOMAIN).withScramIterations(4096).withAddress("127.0.0.1", 0));
        service = Service.start(wanted);
        // After a restart the same port.
        config = wanted.withAddress("127.0.0.1", service.port());
    }

    Service service() {
        return service;
    }

    void stop() {
        service.close();
    }

    void start() {
        service = Service.start(config);
    }

    XmppConfig config(String name) {
        return XmppConfig.of(name + "@" + DOMAIN, ("password of " + name)::toCharArray)
                .at("127.0.0.1", service.port())
                .trusting(List.of(service.certificate()));
    }

    /** Another device of a user, signed in. */
    Device device(String name) {
        Device device = new Device(config(name));
        devices.add(device);
        device.signIn();
        return device;
    }

    @Override
    public void close() {
        devices.forEach(Device::close);
        service.close();
    }
}
