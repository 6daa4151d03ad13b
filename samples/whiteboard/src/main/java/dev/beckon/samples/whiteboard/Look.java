package dev.beckon.samples.whiteboard;

import java.awt.Color;
import java.awt.Cursor;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.util.List;
import javax.swing.JButton;

/** Colours, type and the one kind of button: what makes the parts of the window belong together. */
final class Look {
    static final Color INK = new Color(0x1F2937);
    static final Color QUIET = new Color(0x6B7280);
    static final Color LINE = new Color(0xE5E7EB);
    static final Color DESK = new Color(0xF3F4F6);
    static final Color ACCENT = new Color(0x4F46E5);
    static final Color GOOD = new Color(0x10B981);
    static final Color WAITING = new Color(0xF59E0B);
    static final Color THEIRS = new Color(0x0D9488);

    /** What one can draw with. */
    static final List<Color> INKS = List.of(
            INK,
            new Color(0xE11D48),
            new Color(0xF59E0B),
            new Color(0x10B981),
            new Color(0x2563EB),
            new Color(0x8B5CF6));

    static final List<Integer> WIDTHS = List.of(4, 8, 16);

    private Look() {}

    static Font text(int style, float size) {
        return new Font(Font.SANS_SERIF, style, 12).deriveFont(size);
    }

    /** A copy that draws smooth edges. */
    static Graphics2D smooth(Graphics graphics) {
        Graphics2D g = (Graphics2D) graphics.create();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        return g;
    }

    /** A flat button with round corners; the filled one is what the window wants pressed. */
    static final class Button extends JButton {
        private static final long serialVersionUID = 1L;

        private final boolean filled;

        Button(String text, boolean filled) {
            super(text);
            this.filled = filled;
            setFont(Look.text(Font.BOLD, 13));
            setContentAreaFilled(false);
            setBorderPainted(false);
            setFocusPainted(false);
            setRolloverEnabled(true);
            setCursor(Cursor.getPredefinedCursor(Cursor.HAND_CURSOR));
        }

        @Override
        public Dimension getPreferredSize() {
            return new Dimension(getFontMetrics(getFont()).stringWidth(getText()) + 32, 34);
        }

        @Override
        protected void paintComponent(Graphics graphics) {
            Graphics2D g = smooth(graphics);
            boolean hot = getModel().isRollover() || isFocusOwner();
            if (filled) {
                g.setColor(!isEnabled() ? LINE : hot ? ACCENT.darker() : ACCENT);
                g.fillRoundRect(0, 0, getWidth(), getHeight(), getHeight(), getHeight());
            } else if (hot && isEnabled()) {
                g.setColor(DESK);
                g.fillRoundRect(0, 0, getWidth(), getHeight(), getHeight(), getHeight());
            }
            g.setColor(!isEnabled() ? QUIET : filled ? Color.WHITE : INK);
            FontMetrics metrics = g.getFontMetrics(getFont());
            g.setFont(getFont());
            g.drawString(
                    getText(),
                    (getWidth() - metrics.stringWidth(getText())) / 2,
                    (getHeight() - metrics.getHeight()) / 2 + metrics.getAscent());
            g.dispose();
        }
    }
}
