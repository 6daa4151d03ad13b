package dev.beckon.samples.whiteboard;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.SessionException;
import java.awt.Color;
import java.awt.Component;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.swing.BorderFactory;
import javax.swing.Icon;
import javax.swing.JComponent;
import javax.swing.JMenuItem;
import javax.swing.JPopupMenu;
import javax.swing.SwingUtilities;
import org.jspecify.annotations.Nullable;

/** Asks whom to invite: the contact list, who can come first. */
final class Guests {
    private Guests() {}

    /** Shows the contacts below a button; what is chosen is told on the event thread. */
    static void ask(Messenger messenger, JComponent button, Consumer<Contact> chosen, Consumer<String> problem) {
        Link.thread("whiteboard-contacts", () -> {
            try {
                List<Contact> contacts = messenger.contacts().stream()
                        .filter(contact -> !contact.isSelf())
                        .sorted(Comparator.comparing(
                                contact -> !contact.status().isSignedIn()))
                        .toList();
                SwingUtilities.invokeLater(() -> show(contacts, button, chosen));
            } catch (SessionException e) {
                problem.accept(e.problem());
            }
        });
    }

    private static void show(List<Contact> contacts, JComponent button, Consumer<Contact> chosen) {
        JPopupMenu menu = new JPopupMenu();
        menu.setBackground(Color.WHITE);
        menu.setBorder(BorderFactory.createCompoundBorder(
                BorderFactory.createLineBorder(Look.LINE), BorderFactory.createEmptyBorder(6, 0, 6, 0)));
        for (Contact contact : contacts) {
            String status = contact.status().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            JMenuItem item = item(contact.friendlyName() + "  –  " + status, dot(contact.status()));
            item.setEnabled(contact.status().isSignedIn());
            item.addActionListener(event -> chosen.accept(contact));
            menu.add(item);
        }
        if (contacts.isEmpty()) {
            JMenuItem nobody = item("Nobody in your contact list yet: beckon contacts add NAME@DOMAIN", null);
            nobody.setEnabled(false);
            menu.add(nobody);
        }
        menu.show(button, button.getWidth() - menu.getPreferredSize().width, button.getHeight() + 6);
    }

    private static JMenuItem item(String text, @Nullable Icon icon) {
        JMenuItem item = new JMenuItem(text, icon);
        item.setFont(Look.text(Font.PLAIN, 13));
        item.setBackground(Color.WHITE);
        item.setBorder(BorderFactory.createEmptyBorder(7, 12, 7, 20));
        return item;
    }

    private static Icon dot(ContactStatus status) {
        Color colour = !status.isSignedIn() ? Look.LINE : status == ContactStatus.ONLINE ? Look.GOOD : Look.WAITING;
        return new Icon() {
            @Override
            public void paintIcon(Component component, Graphics graphics, int x, int y) {
                Graphics2D g = Look.smooth(graphics);
                g.setColor(colour);
                g.fillOval(x, y, 9, 9);
                g.dispose();
            }

            @Override
            public int getIconWidth() {
                return 13;
            }

            @Override
            public int getIconHeight() {
                return 9;
            }
        };
    }
}
