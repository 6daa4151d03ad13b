package dev.beckon.samples.whiteboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "stroke 1F2937 6 10,20",
                "stroke FFFFFF 64 0,0 1600,1000 7,8",
                "cursor 800,500",
                "cursor away",
                "clear"
            })
    void whatIsWrittenIsReadAgain(String line) {
        assertThat(Message.parse(line).line()).isEqualTo(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stroke",
                "stroke ",
                "stroke 1F2937 6",
                "stroke 1F2937 0 1,1",
                "stroke 1F2937 65 1,1",
                "stroke 1F2937 999 1,1",
                "stroke 1F29377 6 1,1",
                "stroke GGGGGG 6 1,1",
                "stroke 1F2937 6 1601,1",
                "stroke 1F2937 6 1,1001",
                "stroke 1F2937 6 -1,1",
                "stroke 1F2937 6 1,1  2,2",
                "stroke 1F2937 6 1,1 ",
                "stroke 1F2937 6 1;1",
                "stroke 1F2937 6 99999999999,1",
                "cursor",
                "cursor 1",
                "CLEAR",
                "clear now",
                "exec rm"
            })
    void whatIsNoMessageIsRefused(String line) {
        assertThatThrownBy(() -> Message.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStrokeHasAtMost256Points() {
        String points = String.join(" ", Collections.nCopies(256, "1,1"));
        assertThat(Message.parse("stroke 1F2937 6 " + points)).isInstanceOf(Message.Draw.class);
        assertThatThrownBy(() -> Message.parse("stroke 1F2937 6 " + points + " 1,1"))
                .hasMessageContaining("257");
    }

    @Test
    void theLongestStrokeFitsALine() {
        List<Point> points = Collections.nCopies(Stroke.MAX_POINTS, new Point(1600, 1000));
        assertThat(new Message.Draw(new Stroke(0xFFFFFF, 64, points)).line()).hasSizeLessThan(Message.MAX_BYTES);
    }

    @Test
    void aBoardForgetsTheOldestBeforeItGrowsWithoutEnd() {
        Board board = new Board(() -> {});
        Stroke long256 = new Stroke(0, 1, Collections.nCopies(256, new Point(1, 1)));
        for (int i = 0; i < 10_000; i++) {
            board.apply(new Message.Draw(long256), false);
        }
        assertThat(board.since(-1, 0).strokes().size() * 256L).isBetween(300_000L, 500_000L);
    }

    @Test
    void aPictureHoldsOnlyWhatIsNew() {
        Board board = new Board(() -> {});
        Stroke stroke = new Stroke(0, 1, List.of(new Point(1, 1)));
        board.apply(new Message.Draw(stroke), true);
        board.apply(new Message.Draw(stroke), false);
        int wiped = board.since(-1, 0).wiped();
        assertThat(board.since(wiped, 1).strokes()).hasSize(1);
        board.apply(new Message.Clear(), false);
        assertThat(board.since(wiped, 2).wiped()).isNotEqualTo(wiped);
        assertThat(board.since(wiped, 2).strokes()).isEmpty();
    }
}
