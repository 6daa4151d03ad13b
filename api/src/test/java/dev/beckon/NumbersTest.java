package dev.beckon;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** The numbers old applications have compiled in: every constant has the one of the reference, and none is missing. */
class NumbersTest {
    private static <E extends Enum<E>> Map<String, Integer> numbers(
            E[] constants, Function<E, String> name, ToIntFunction<E> number) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Arrays.stream(constants).forEach(c -> numbers.put(name.apply(c), number.applyAsInt(c)));
        return numbers;
    }

    @Test
    void theStatesOfASession() {
        assertThat(numbers(SessionState.values(), Enum::name, SessionState::number))
                .containsExactlyEntriesOf(inOrder(
                        entry("UNKNOWN", 0),
                        entry("READY", 1),
                        entry("INVITATION", 2),
                        entry("ACCEPTED", 3),
                        entry("CONNECTED", 4),
                        entry("CANCELLED", 5),
                        entry("DECLINED", 6),
                        entry("TERMINATED", 7)));
    }

    @Test
    void theFlagsOfASession() {
        assertThat(numbers(SessionFlag.values(), Enum::name, SessionFlag::number))
                .containsExactlyEntriesOf(
                        inOrder(entry("INVITER", 1), entry("INVITEE", 2), entry("APP_INVITE_COMPATIBLE", 4)));
    }

    @Test
    void theStatusOfAContact() {
        assertThat(numbers(ContactStatus.values(), Enum::name, ContactStatus::number))
                .containsExactlyEntriesOf(inOrder(
                        entry("UNKNOWN", 0),
                        entry("OFFLINE", 1),
                        entry("ONLINE", 2),
                        entry("INVISIBLE", 6),
                        entry("BUSY", 10),
                        entry("BE_RIGHT_BACK", 14),
                        entry("IDLE", 18),
                        entry("AWAY", 34),
                        entry("ON_THE_PHONE", 50),
                        entry("OUT_TO_LUNCH", 66)));
    }

    @Test
    void theStatusOfTheLock() {
        assertThat(numbers(LockStatus.values(), Enum::name, LockStatus::number))
                .containsExactlyEntriesOf(inOrder(
                        entry("NOTINITIALIZED", 1),
                        entry("INITIALIZED", 2),
                        entry("PENDINGRESULT", 3),
                        entry("UNLOCKED", 4),
                        entry("UNLOCKFAILED", 5),
                        entry("DISABLED", 6)));
    }

    @Test
    void theResults() {
        Map<String, Integer> expected = inOrder(
                entry("S_OK", 0),
                entry("S_FALSE", 1),
                entry("E_FAIL", 0x80004005),
                entry("E_POINTER", 0x80004003),
                entry("E_INVALIDARG", 0x80070057),
                entry("E_OUTOFMEMORY", 0x8007000E),
                entry("REGDB_E_WRITEREGDB", 0x80040151),
                entry("MSGR_E_NOT_LOGGED_ON", 0x8100031E));
        String[] results = {
            "APPLICATION_LAUNCH_FAILED", "INVITATION_DECLINED", "CONNECTION_FAILURE", "AUTHENTICATION_FAILED",
            "SESSION_NOT_READY", "SESSION_CANCELLED_LOCAL", "SESSION_CANCELLED_REMOTE", "SESSION_PROTOCOL_ERROR",
            "SESSION_TIMEOUT", "CANCEL_BEFORE_CONNECT", "NOT_INVITEE", "NOT_INVITER",
            "APP_ALREADY_REGISTERED", "APP_NOT_REGISTERED", "NOT_VALID_FOR_APP_INVITE", "APP_NOT_SPECIFIED",
            "CONTEXT_DATA_OVER_LIMIT", "NO_USER_INVITED", "INVITED_SELF", "SESSION_STATE_INVALID",
            "INVITATION_SEND_FAILURE", "CANCEL_SEND_FAILURE", "DECLINE_SEND_FAILURE", "ACCEPT_SEND_FAILURE",
            "CONTEXT_DATA_SEND_FAILURE"
        };
        for (int i = 0; i < results.length; i++) {
            expected.put("SR_" + results[i], 0x81000601 + i);
        }
        expected.put("SR_NETWORK_CONFIG_FAILURE", 0x81000620);
        expected.put("SR_NET_NOT_SUPPORTED", 0x81000621);
        expected.put("SR_REMOTE_NET_NOT_SUPPORTED", 0x81000622);
        expected.put("SR_FIREWALL_NOT_SUPPORTED", 0x81000623);
        expected.put("SR_OLD_SIP_STACK", 0x81000624);
        expected.put("LOCK_NOTINITIALIZED", 0x81000751);
        expected.put("LOCK_LOCKED", 0x81000752);
        expected.put("LOCK_UNLOCK_FAILED", 0x81000753);
        expected.put("LOCK_ALREADY_UNLOCKED", 0x81000754);
        expected.put("LOCK_PENDING_UNLOCK", 0x81000755);
        expected.put("LOCK_DISABLED", 0x81000756);
        assertThat(numbers(ResultCode.values(), Enum::name, ResultCode::number)).containsExactlyEntriesOf(expected);
    }

    @Test
    void aResultIsFoundByItsNumberAndNothingElseIs() {
        for (ResultCode code : ResultCode.values()) {
            assertThat(ResultCode.of(code.number())).isSameAs(code);
            assertThat(code.isSuccess()).isEqualTo(code == ResultCode.S_OK || code == ResultCode.S_FALSE);
        }
        assertThat(ResultCode.of(0x8100061A)).isNull();
    }

    @Test
    void theLimits() {
        assertThat(Limits.APP_DATA_BYTES).isEqualTo(512);
        assertThat(Limits.CONTEXT_DATA_CHARACTERS).isEqualTo(300);
        assertThat(Limits.CONTEXT_DATA_AFTER_CONNECTED).isEqualTo(5);
        assertThat(Limits.GUID_CHARACTERS).isEqualTo(39);
        assertThat(Limits.NAME_CHARACTERS).isEqualTo(256);
        assertThat(Limits.URL_CHARACTERS).isEqualTo(256);
        assertThat(Limits.PATH_CHARACTERS).isEqualTo(260);
        assertThat(Limits.ADDRESS_CHARACTERS).isEqualTo(64);
        assertThat(Limits.SIGN_IN_NAME_CHARACTERS).isEqualTo(129);
    }

    @SafeVarargs
    private static Map<String, Integer> inOrder(Map.Entry<String, Integer>... entries) {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }
}
