package dev.beckon.agent;

import dev.beckon.session.Policy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Who may ring and who is accepted unasked, as the user's settings say at that moment. */
final class UserPolicy implements Policy {
    private final SettingsFile file;

    UserPolicy(SettingsFile file) {
        this.file = file;
    }

    @Override
    public boolean mayRing(String bare, boolean contact, String guid) {
        UserSettings settings = file.settings();
        return settings.everyone()
                || (settings.contacts() && contact)
                || settings.others().contains(bare);
    }

    @Override
    public boolean acceptUnasked(String bare, boolean contact, String guid) {
        return contact
                && mayRing(bare, true, guid)
                && file.settings().unasked().getOrDefault(guid, Set.of()).contains(bare);
    }

    @Override
    public boolean plainHttp() {
        return file.settings().plainHttp();
    }

    @Override
    public List<String> complaints() {
        return Stream.ofNullable(file.problem()).map(Objects::toString).toList();
    }
}
