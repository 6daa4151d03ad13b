package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class AddressCacheTest {
    private final AddressCache addresses = new AddressCache();

    @Test
    void anAddressIsPreparedOnce() {
        assertThat(addresses.find("Alice@x/desk")).hasToString("alice@x/desk").isSameAs(addresses.find("Alice@x/desk"));
        assertThat(addresses.find("@x")).isNull();
        assertThat(addresses.find("@x")).isNull();
    }

    @Test
    void whatIsTooLongForAnAddressIsNotKept() throws InterruptedException {
        WeakReference<String> huge = lookedUp();
        for (int i = 0; i < 100 && huge.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(huge.get()).isNull();
        assertThat(addresses.find("b@x")).isNotNull();
    }

    private WeakReference<String> lookedUp() {
        String text = "a".repeat(200_000) + "@x";
        assertThat(addresses.find(text)).isNull();
        return new WeakReference<>(text);
    }
}
