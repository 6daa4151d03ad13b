package dev.beckon.samples.whiteboard;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Cursor;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Consumer;
import javax.swing.JComponent;
import org.jspecify.annotations.Nullable;

/** The sheet one draws on: the board, as large as the window allows. Event thread. */
final class Paper extends JComponent {
    private static final long serialVersionUID = 1L;
    private static final int MARGIN = 24;
    private static final int CORNER = 14;
    /** Movements of the pen that are told, in milliseconds between two. */
    private static final int PEN_INTERVAL = 30;

    private final transient Board board;
    private final transient Consumer<Message> said;
    private Color ink = Look.INKS.get(0);
    private int width = Look.WIDTHS.get(1);
    private String theirName = "";
    private String hint = "";

    private transient @Nullable BufferedImage drawn;
    private int drawnWiped = -1;
    private int drawnStrokes;

    Paper(Board board, Consumer<Message> said) {
        this.board = board;
        this.said = said;
        setPreferredSize(new Dimension(1080, 675));
        setCursor(Cursor.getPredefinedCursor(Cursor.CROSSHAIR_CURSOR));
        Pen pen = new Pen();
        addMouseListener(pen);
        addMouseMotionListener(pen);
    }

    void use(Color newInk) {
        ink = newInk;
    }

    void use(int newWidth) {
        width = newWidth;
    }

    void theirName(String name) {
        theirName = name;
        repaint();
    }

    /** Stands on the paper while nothing is drawn on it. */
    void hint(String text) {
        hint = text;
        repaint();
    }

    /** From the board to this component. */
    private AffineTransform placing() {
        double scale = Math.max(
                0.01, Math.min((getWidth() - 2.0 * MARGIN) / Point.WIDTH, (getHeight() - 2.0 * MARGIN) / Point.HEIGHT));
        AffineTransform placing = AffineTransform.getTranslateInstance(
                (getWidth() - scale * Point.WIDTH) / 2, (getHeight() - scale * Point.HEIGHT) / 2);
        placing.scale(scale, scale);
        return placing;
    }

    private @Nullable Point onBoard(MouseEvent event) {
        AffineTransform placing = placing();
        double x = (event.getX() - placing.getTranslateX()) / placing.getScaleX();
        double y = (event.getY() - placing.getTranslateY()) / placing.getScaleY();
        boolean on = x >= 0 && x <= Point.WIDTH && y >= 0 && y <= Point.HEIGHT;
        return on ? new Point((int) Math.round(x), (int) Math.round(y)) : null;
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        Graphics2D g = Look.smooth(graphics);
        g.setColor(Look.DESK);
        g.fillRect(0, 0, getWidth(), getHeight());
        AffineTransform placing = placing();
        int x = (int) Math.round(placing.getTranslateX());
        int y = (int) Math.round(placing.getTranslateY());
        int w = (int) Math.round(Point.WIDTH * placing.getScaleX());
        int h = (int) Math.round(Point.HEIGHT * placing.getScaleY());
        for (int shade = 12; shade > 0; shade--) {
            g.setColor(new Color(17, 24, 39, 2));
            g.fillRoundRect(x - shade, y - shade + 4, w + 2 * shade, h + 2 * shade, CORNER + shade, CORNER + shade);
        }
        g.setColor(Color.WHITE);
        g.fillRoundRect(x, y, w, h, CORNER, CORNER);
        g.setColor(Look.LINE);
        for (int column = 50; column < Point.WIDTH; column += 50) {
            for (int row = 50; row < Point.HEIGHT; row += 50) {
                double dotX = column * placing.getScaleX() + x;
                double dotY = row * placing.getScaleY() + y;
                g.fill(new Ellipse2D.Double(dotX - 1, dotY - 1, 2, 2));
            }
        }
        paintStrokes(g, x, y, w, h);
        if (drawnStrokes == 0 && !hint.isEmpty()) {
            g.setFont(Look.text(Font.PLAIN, 17));
            g.setColor(Look.QUIET);
            FontMetrics metrics = g.getFontMetrics();
            g.drawString(hint, x + (w - metrics.stringWidth(hint)) / 2, y + h / 2);
        }
        paintTheirPen(g, placing);
        g.dispose();
    }

    /** Strokes stay in an image, to which only new ones are added: a full board costs no more than an empty one. */
    private void paintStrokes(Graphics2D g, int x, int y, int w, int h) {
        double density = g.getTransform().getScaleX();
        int imageWidth = Math.max(1, (int) Math.ceil(w * density));
        int imageHeight = Math.max(1, (int) Math.ceil(h * density));
        BufferedImage image = drawn;
        if (image == null || image.getWidth() != imageWidth || image.getHeight() != imageHeight) {
            image = new BufferedImage(imageWidth, imageHeight, BufferedImage.TYPE_INT_ARGB);
            drawn = image;
            drawnWiped = -1;
        }
        Board.Picture picture = board.since(drawnWiped, drawnStrokes);
        if (picture.wiped() != drawnWiped) {
            Graphics2D blank = image.createGraphics();
            blank.setBackground(new Color(0, true));
            blank.clearRect(0, 0, imageWidth, imageHeight);
            blank.dispose();
            drawnWiped = picture.wiped();
            drawnStrokes = 0;
        }
        Graphics2D pen = Look.smooth(image.createGraphics());
        pen.scale((double) imageWidth / Point.WIDTH, (double) imageHeight / Point.HEIGHT);
        for (Stroke stroke : picture.strokes()) {
            pen.setColor(new Color(stroke.rgb()));
            pen.setStroke(new BasicStroke(stroke.width(), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            Path2D path = new Path2D.Double();
            Point first = stroke.points().get(0);
            path.moveTo(first.x(), first.y());
            stroke.points().forEach(point -> path.lineTo(point.x(), point.y()));
            pen.draw(path);
        }
        pen.dispose();
        drawnStrokes += picture.strokes().size();
        g.drawImage(image, x, y, w, h, null);
    }

    private void paintTheirPen(Graphics2D g, AffineTransform placing) {
        Point theirs = board.theirs();
        if (theirs == null) {
            return;
        }
        double x = theirs.x() * placing.getScaleX() + placing.getTranslateX();
        double y = theirs.y() * placing.getScaleY() + placing.getTranslateY();
        Path2D arrow = new Path2D.Double();
        arrow.moveTo(x, y);
        arrow.lineTo(x + 4.5, y + 16);
        arrow.lineTo(x + 8, y + 9);
        arrow.lineTo(x + 15, y + 6);
        arrow.closePath();
        g.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.setColor(Color.WHITE);
        g.draw(arrow);
        g.setColor(Look.THEIRS);
        g.fill(arrow);
        g.setFont(Look.text(Font.BOLD, 12));
        FontMetrics metrics = g.getFontMetrics();
        int labelWidth = metrics.stringWidth(theirName) + 16;
        int left = (int) Math.min(x + 13, getWidth() - labelWidth - 4.0);
        int top = (int) Math.min(y + 16, getHeight() - 26.0);
        g.fillRoundRect(left, top, labelWidth, 22, 22, 22);
        g.setColor(Color.WHITE);
        g.drawString(theirName, left + 8, top + 15);
    }

    /** Turns the mouse into strokes. */
    private final class Pen extends MouseAdapter {
        private @Nullable Point last;
        private long told;

        @Override
        public void mousePressed(MouseEvent event) {
            Point point = onBoard(event);
            if (point != null && event.getButton() == MouseEvent.BUTTON1) {
                draw(List.of(point));
            }
            last = point;
        }

        @Override
        public void mouseDragged(MouseEvent event) {
            Point point = onBoard(event);
            if (last != null && point != null && !last.equals(point)) {
                draw(List.of(last, point));
            }
            last = point;
            tell(point, event.getWhen());
        }

        @Override
        public void mouseMoved(MouseEvent event) {
            tell(onBoard(event), event.getWhen());
        }

        @Override
        public void mouseExited(MouseEvent event) {
            said.accept(new Message.Away());
        }

        private void draw(List<Point> points) {
            said.accept(new Message.Draw(new Stroke(ink.getRGB() & 0xFFFFFF, width, points)));
        }

        private void tell(@Nullable Point point, long when) {
            if (when - told >= PEN_INTERVAL) {
                told = when;
                said.accept(point == null ? new Message.Away() : new Message.Cursor(point));
            }
        }
    }
}
