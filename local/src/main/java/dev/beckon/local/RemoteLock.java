package dev.beckon.local;

import com.google.gson.JsonObject;
import dev.beckon.Lock;
import dev.beckon.LockStatus;

/** The lock of an application's session manager, asked through its connection. */
final class RemoteLock implements Lock {
    private final RemoteMessenger messenger;

    RemoteLock(RemoteMessenger messenger) {
        this.messenger = messenger;
    }

    @Override
    public LockStatus status() {
        return Fields.fromAgent(messenger.call("lock/status", new JsonObject()), "result")
                .constant("status", LockStatus.class);
    }

    @Override
    public void requestChallenge(long cookie) {
        JsonObject params = new JsonObject();
        params.addProperty("cookie", cookie);
        messenger.call("lock/requestChallenge", params);
    }

    @Override
    public void sendResponse(String appId, String response, long cookie) {
        JsonObject params = new JsonObject();
        params.addProperty("appId", appId);
        params.addProperty("response", response);
        params.addProperty("cookie", cookie);
        messenger.call("lock/sendResponse", params);
    }
}
