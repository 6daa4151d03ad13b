// Desktop notifications while the page is in the background, and the page's title. Never asks for the permission.
import { contactOf, go, state } from './state.js';
import { called, isolated, lines, titled } from './text.js';

const shown = new Map();
const invited = new Set();
const unread = new Map();
let first = true;

function may() {
  return document.hidden && 'Notification' in window && Notification.permission === 'granted';
}

function notify(tag, title, body, open) {
  const notification = new Notification(title, { tag, body, icon: '/icon.svg' });
  notification.onclick = () => {
    window.focus();
    notification.close();
    open();
  };
  shown.set(tag, notification);
}

function withdraw(tag) {
  shown.get(tag)?.close();
  shown.delete(tag);
}

/** After every change of what the agent told. */
export function update() {
  if (state.link !== 'live') {
    return;
  }
  const waiting = state.sessions.filter((session) => session.toAnswer);
  for (const session of waiting) {
    if (!invited.has(session.id)) {
      invited.add(session.id);
      if (may()) {
        const name = titled(session.name, session.application);
        notify(
          'invitation ' + session.id,
          isolated(called(session.contact)) + ' invites you to ' + isolated(name),
          session.text ? isolated(lines(session.text), 200) : '',
          () => {},
        );
      }
    }
  }
  for (const id of invited) {
    if (!waiting.some((session) => session.id === id)) {
      invited.delete(id);
      withdraw('invitation ' + id);
    }
  }
  let count = 0;
  for (const conversation of state.conversations) {
    const { contact: address, unread: now, last } = conversation;
    if (now > (unread.get(address) ?? 0) && last && !last.own && !first && may()) {
      notify('message ' + address, isolated(called(contactOf(address))), isolated(lines(last.text), 200), () => go('with', address));
    } else if (now === 0) {
      withdraw('message ' + address);
    }
    unread.set(address, now);
    count += now;
  }
  first = false;
  const what = waiting.length > 0 ? 'Invitation from ' + isolated(called(waiting[0].contact), 40) : count > 0 ? '(' + count + ')' : '';
  const title = what ? what + ' – Beckon' : 'Beckon';
  if (document.title !== title) {
    document.title = title;
  }
}
