package dev.beckon.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileNameTest {
    @Test
    void ordinaryAddressesAreTheirOwnNames() {
        assertThat(FileName.of("bob_1@b-x.example")).isEqualTo("bob_1@b-x.example");
        assertThat(FileName.of("Bob@B.Example")).isEqualTo("bob@b.example");
    }

    @Test
    void whatMeansSomethingToAFileSystemIsEscaped() {
        assertThat(FileName.of("../../etc/passwd")).isEqualTo("%2E.%2F..%2Fetc%2Fpasswd");
        assertThat(FileName.of(".")).isEqualTo("%2E");
        assertThat(FileName.of("a\0b\\c:d%e*\n@x")).isEqualTo("a%00b%5Cc%3Ad%25e%2A%0A@x");
        assertThat(FileName.of("jürgen@x")).isEqualTo("j%C3%BCrgen@x");
    }

    @Test
    void longOnesAreDigestsAndDifferentOnesStayDifferent() {
        String longest = "ü".repeat(1000);
        List<String> names = Stream.of(longest, longest + "x", "a", "A/", "a%2f", "%2e", ".")
                .map(FileName::of)
                .toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.length() <= 150);
    }
}
