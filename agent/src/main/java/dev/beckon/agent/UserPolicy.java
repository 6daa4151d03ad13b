package dev.beckon.agent;

import dev.beckon.session.Policy;
import java.util.Set;

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
}
