// What the agent has told, and who is to be told of it. Nothing here is the page's own but `link` and the route.

export const state = {
  /** How the page stands to the agent: starting, live, lost, resting, locked. */
  link: 'starting',
  lostSince: null,
  account: null,
  connection: null,
  self: null,
  contacts: [],
  requests: [],
  applications: [],
  sessions: [],
  missed: [],
  problems: [],
  conversations: [],
};

const watchers = new Set();
let due = false;

/** Calls back after every change, once for all that changed together. */
export function watch(watcher) {
  watchers.add(watcher);
}

export function changed() {
  if (!due) {
    due = true;
    queueMicrotask(() => {
      due = false;
      watchers.forEach((watcher) => watcher());
    });
  }
}

export function take(section, value) {
  if (section in state) {
    state[section] = value;
    changed();
  }
}

/** The contact of this address: as listed, as who asks, as seen in a session, or as the address alone. */
export function contactOf(address) {
  return (
    state.contacts.find((contact) => contact.address === address) ??
    state.requests.find((contact) => contact.address === address) ??
    state.sessions.find((session) => session.contact.address === address)?.contact ?? {
      address,
      name: '',
      status: 'UNKNOWN',
      listed: false,
      blocked: false,
    }
  );
}

export function isFinal(session) {
  return ['CANCELLED', 'DECLINED', 'TERMINATED'].includes(session.state);
}

export function unreadOf(address) {
  return state.conversations.find((conversation) => conversation.contact === address)?.unread ?? 0;
}

/** What is shown: {view: '' | 'with' | 'applications' | 'missed' | 'settings', of: the address}. */
export function route() {
  const [, view = '', of = ''] = location.hash.split('/');
  try {
    return { view, of: decodeURIComponent(of) };
  } catch {
    return { view: '', of: '' };
  }
}

export function hashOf(view, of) {
  return '#/' + view + (of === undefined ? '' : '/' + encodeURIComponent(of));
}

let wantsFocus = false;

/** Goes somewhere because the user said so: the focus follows. */
export function go(view, of) {
  wantsFocus = true;
  const hash = hashOf(view, of);
  if (location.hash === hash) {
    changed();
  } else {
    location.hash = hash;
  }
}

/** True once after {@link go}. */
export function takesFocus() {
  const wanted = wantsFocus;
  wantsFocus = false;
  return wanted;
}
