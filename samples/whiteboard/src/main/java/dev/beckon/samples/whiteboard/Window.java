package dev.beckon.samples.whiteboard;

import dev.beckon.ResultCode;
import dev.beckon.SessionState;
import java.awt.BasicStroke;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Cursor;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.awt.geom.CubicCurve2D;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;
import javax.swing.BorderFactory;
import javax.swing.Box;
import javax.swing.ButtonGroup;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.JToggleButton;
import javax.swing.SwingUtilities;
import javax.swing.WindowConstants;
import org.jspecify.annotations.Nullable;

/** The whiteboard as people see it: pens above, the paper, and below it how things stand. */
final class Window implements Meeting.Watcher {
    private final JFrame frame = new JFrame("Whiteboard");
    private final Look.Button invite = new Look.Button("Invite…", true);
    private final Status status = new Status();
    private final Paper paper;

    /** What a person does at the window. */
    interface Hands {
        /** Draws, moves the pen or wipes. */
        void say(Message message);

        /** Wants to invite somebody; {@code button} is where to ask whom. */
        void inviteFrom(JComponent button);

        /** Closed the window. */
        void closed();
    }

    Window(Board board, Hands hands) {
        paper = new Paper(board, hands::say);
        invite.addActionListener(event -> hands.inviteFrom(invite));
        frame.setIconImage(icon());
        frame.setLayout(new BorderLayout());
        frame.add(pens(hands), BorderLayout.NORTH);
        frame.add(paper, BorderLayout.CENTER);
        frame.add(status, BorderLayout.SOUTH);
        frame.setDefaultCloseOperation(WindowConstants.DO_NOTHING_ON_CLOSE);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosing(WindowEvent event) {
                frame.setVisible(false);
                hands.closed();
            }
        });
        frame.setMinimumSize(new Dimension(640, 480));
        frame.pack();
        frame.setLocationByPlatform(true);
    }

    /** Shows it, in one half of the screen if that is said. */
    void open(@Nullable String side) {
        if (side != null) {
            Rectangle screen = GraphicsEnvironment.getLocalGraphicsEnvironment().getMaximumWindowBounds();
            int width = Math.min(screen.width / 2, 1100);
            int height = Math.min(screen.height, width * 3 / 4);
            int x = side.equals("left") ? screen.width / 2 - width : screen.width / 2;
            frame.setMinimumSize(null);
            frame.setBounds(screen.x + x, screen.y + (screen.height - height) / 2, width, height);
        }
        frame.setVisible(true);
    }

    /** Nobody is here but this person. */
    void alone(String name) {
        status.show(Look.QUIET, name.isEmpty() ? "Only you are here" : "Signed in as " + name);
        paper.hint("Draw, or invite someone to draw with you");
    }

    /** Two people are here now. */
    void with(String theirs) {
        frame.setTitle("Whiteboard – you and " + theirs);
        paper.theirName(theirs);
        invite.setVisible(false);
    }

    /** Something went wrong that a person should read. */
    void problem(String text) {
        SwingUtilities.invokeLater(() -> status.show(Look.INKS.get(1), text));
    }

    @Override
    public void phase(Meeting.Phase phase, String text) {
        SwingUtilities.invokeLater(() -> {
            Color colour = switch (phase) {
                case INVITING, STARTING -> Look.WAITING;
                case TOGETHER -> Look.GOOD;
                case OVER -> Look.QUIET;
            };
            boolean over = phase == Meeting.Phase.OVER;
            status.show(colour, over ? text + ". The drawing stays until you close the window." : text);
            paper.hint(phase == Meeting.Phase.TOGETHER ? "Draw something" : over ? "" : text);
            invite.setVisible(over);
        });
    }

    @Override
    public void state(SessionState state) {
        // The phases say it in words for people.
    }

    @Override
    public void ended(ResultCode code) {
        // Said by the phase.
    }

    @Override
    public void received(Message message) {
        // The board it is on asks to be painted.
    }

    /** To be called, on any thread, when the board is another. */
    void repaint() {
        paper.repaint();
    }

    private JPanel pens(Hands hands) {
        JPanel left = new JPanel(new FlowLayout(FlowLayout.LEFT, 4, 0));
        left.setOpaque(false);
        ButtonGroup inks = new ButtonGroup();
        for (Color ink : Look.INKS) {
            left.add(choice(inks, g -> dot(g, ink, 18), () -> paper.use(ink), ink == Look.INKS.get(0)));
        }
        left.add(Box.createHorizontalStrut(18));
        ButtonGroup widths = new ButtonGroup();
        for (int width : Look.WIDTHS) {
            boolean chosen = width == Look.WIDTHS.get(1);
            left.add(choice(widths, g -> dot(g, Look.QUIET, width), () -> paper.use(width), chosen));
        }
        left.add(Box.createHorizontalStrut(18));
        Look.Button clear = new Look.Button("Clear", false);
        clear.addActionListener(event -> hands.say(new Message.Clear()));
        left.add(clear);

        JPanel right = new JPanel(new FlowLayout(FlowLayout.RIGHT, 0, 1));
        right.setOpaque(false);
        right.add(invite);

        JPanel bar = new JPanel(new BorderLayout());
        bar.setBackground(Color.WHITE);
        bar.setBorder(BorderFactory.createCompoundBorder(
                BorderFactory.createMatteBorder(0, 0, 1, 0, Look.LINE),
                BorderFactory.createEmptyBorder(10, 16, 10, 20)));
        bar.add(left, BorderLayout.WEST);
        bar.add(right, BorderLayout.EAST);
        return bar;
    }

    private static JToggleButton choice(
            ButtonGroup group, Consumer<Graphics2D> picture, Runnable chosen, boolean first) {
        JToggleButton button = new JToggleButton() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void paintComponent(Graphics graphics) {
                Graphics2D g = Look.smooth(graphics);
                if (isSelected()) {
                    g.setColor(new Color(0xE0E7FF));
                    g.fillOval(0, 0, getWidth(), getHeight());
                } else if (getModel().isRollover() || isFocusOwner()) {
                    g.setColor(Look.DESK);
                    g.fillOval(0, 0, getWidth(), getHeight());
                }
                g.translate(getWidth() / 2.0, getHeight() / 2.0);
                picture.accept(g);
                g.dispose();
            }
        };
        button.setPreferredSize(new Dimension(36, 36));
        button.setContentAreaFilled(false);
        button.setBorderPainted(false);
        button.setFocusPainted(false);
        button.setCursor(Cursor.getPredefinedCursor(Cursor.HAND_CURSOR));
        button.addActionListener(event -> chosen.run());
        button.setSelected(first);
        group.add(button);
        return button;
    }

    private static void dot(Graphics2D g, Color colour, int size) {
        g.setColor(colour);
        g.fill(new Ellipse2D.Double(-size / 2.0, -size / 2.0, size, size));
    }

    private static BufferedImage icon() {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
        Graphics2D g = Look.smooth(image.createGraphics());
        g.setColor(Look.ACCENT);
        g.fillRoundRect(4, 4, 56, 56, 18, 18);
        g.setColor(Color.WHITE);
        g.setStroke(new BasicStroke(6, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(new CubicCurve2D.Double(16, 42, 24, 10, 38, 58, 48, 22));
        g.dispose();
        return image;
    }

    /** A coloured dot and a sentence. */
    private static final class Status extends JPanel {
        private static final long serialVersionUID = 1L;

        private Color colour = Look.QUIET;
        private String text = "";

        Status() {
            setBackground(Color.WHITE);
            setPreferredSize(new Dimension(100, 34));
            setBorder(BorderFactory.createMatteBorder(1, 0, 0, 0, Look.LINE));
        }

        void show(Color newColour, String newText) {
            colour = newColour;
            text = newText;
            repaint();
        }

        @Override
        protected void paintComponent(Graphics graphics) {
            super.paintComponent(graphics);
            Graphics2D g = Look.smooth(graphics);
            g.setColor(colour);
            g.fillOval(20, getHeight() / 2 - 4, 9, 9);
            g.setColor(Look.INK);
            g.setFont(Look.text(Font.PLAIN, 13));
            g.drawString(text, 38, getHeight() / 2 + 5);
            g.dispose();
        }
    }
}
