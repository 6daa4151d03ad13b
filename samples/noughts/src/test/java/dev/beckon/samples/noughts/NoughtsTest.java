package dev.beckon.samples.noughts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoughtsTest {
    private static final int[][] LINES = {
        {0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6}, {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}
    };

    @Test
    void threeInALineWinAndNothingElseDoes() {
        for (int number = 0; number < 19_683; number++) {
            StringBuilder board = new StringBuilder();
            for (int rest = number; board.length() < 9; rest /= 3) {
                board.append(" XO".charAt(rest % 3));
            }
            assertThat(board.toString().matches(Noughts.WON)).as("[%s]", board).isEqualTo(hasThree(board));
        }
    }

    private static boolean hasThree(CharSequence board) {
        for (int[] line : LINES) {
            char mark = board.charAt(line[0]);
            if (mark != ' ' && mark == board.charAt(line[1]) && mark == board.charAt(line[2])) {
                return true;
            }
        }
        return false;
    }
}
