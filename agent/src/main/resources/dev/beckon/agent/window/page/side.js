// The left side: oneself, how things stand with the service, the contacts, the ways to the other views.
import { attribute, button, disc, el, foreign, keyed, say, show, spoken } from './dom.js';
import { post, tryNow } from './agent.js';
import { contactOf, hashOf, isFinal, route, state } from './state.js';
import { act, checkbox, confirm, menuButton, problemBox } from './parts.js';
import { called, initial, moment, plain, titled } from './text.js';
import { CHOICES, STATUSES, isHere, standing } from './words.js';
import { addContact, contactActions, matches } from './invite.js';

const COLLATOR = new Intl.Collator();

/** Oneself: name, address, status, signing out. */
export function own() {
  const box = problemBox();
  const name = foreign('', 'name cut');
  const address = foreign('', 'address cut');
  let mark = disc('?', '');
  const status = el('select', { 'aria-label': 'Your status' });
  let sending = false;
  status.addEventListener('change', async () => {
    const wanted = status.value;
    sending = true;
    await act(status, box, null, () => post('status', { status: wanted }));
    sending = false;
    node.update();
  });
  const out = button('Sign out', { class: 'quiet' }, signOut);
  const node = el(
    'div',
    { class: 'own' },
    mark,
    el('div', { class: 'own-text' }, name, address),
    el('div', { class: 'own-row' }, status, out),
    box,
  );
  let offered = '';
  node.update = () => {
    const self = state.self ?? { address: state.account?.user ?? '', name: '', status: 'OFFLINE' };
    say(name, called(self));
    say(address, plain(self.address));
    show(address, called(self) !== plain(self.address));
    attribute(name, 'title', called(self));
    attribute(address, 'title', plain(self.address));
    const next = disc(initial(called(self)), self.address);
    if (next.className !== mark.className || next.firstChild.textContent !== mark.firstChild.textContent) {
      mark.replaceWith(next);
      mark = next;
    }
    mark.status(state.connection?.state === 'SIGNED_IN' ? self.status : 'OFFLINE');
    const choices = CHOICES.includes(self.status) ? CHOICES : [self.status, ...CHOICES];
    if (choices.join() !== offered) {
      offered = choices.join();
      status.replaceChildren(
        ...choices.map((each) =>
          el('option', { value: each, disabled: !CHOICES.includes(each) }, each === 'INVISIBLE' ? 'Invisible (seen as offline)' : STATUSES[each]),
        ),
      );
    }
    if (!sending) {
      status.value = self.status;
    }
  };
  return node;
}

function signOut() {
  const live = state.sessions.filter((session) => !isFinal(session)).length;
  const forget = checkbox('Forget this account on this computer', 'forget', {
    hint: 'Its address and, where it is kept, its password. History and contacts stay.',
  });
  confirm({
    title: 'Sign out?',
    text: live > 0 ? 'What is going on now will end: invitations and sessions, ' + live + ' in all.' : 'Nobody can reach you until you sign in again.',
    label: 'Sign out',
    doing: 'Signing out…',
    danger: live > 0,
    more: [forget],
    run: async () => {
      await post('sign-out', { forget: forget.input.checked });
      sessionStorage.clear();
      history.replaceState(null, '', '/');
    },
  });
}

/** How things stand, where they do not stand well: with the agent, with the service. */
export function connection({ agentAlone = false } = {}) {
  const text = el('span', {});
  const reason = foreign('');
  const press = button('Try now', { class: 'quiet small' }, tryNow);
  const box = el('div', { class: 'connection', hidden: true }, el('p', {}, text, reason), press);
  const node = el('div', { role: 'status' }, box);
  node.update = () => {
    const { link, lostSince, connection: now } = state;
    let says = '';
    let because = '';
    if (link === 'lost') {
      says = 'Not in touch with Beckon’s agent on this computer since ' + moment(lostSince) + '. What you see may be old. Trying again; if it has ended, start it with “beckon open”.';
    } else if (link === 'resting') {
      says = 'Beckon is open in other tabs. This one rests, and what it shows may be old.';
    } else if (!agentAlone && now && now.state !== 'SIGNED_IN') {
      because = plain(now.reason ?? '').trim();
      const verb = now.state === 'SIGNED_OUT' ? 'Not connected' : because ? 'Reconnecting' : 'Connecting';
      says = verb + ' since ' + moment(now.since) + (because ? ': ' : '');
    }
    say(text, says);
    say(reason, because);
    show(press, link === 'lost' || link === 'resting');
    say(press, link === 'lost' ? 'Try now' : 'Continue here');
    show(box, says !== '');
  };
  return node;
}

/** The contact list, with those who ask to be on it, and others there is a conversation with. */
export function contacts() {
  const search = el('input', { type: 'search', 'aria-label': 'Search contacts', placeholder: 'Search', oninput: () => node.update() });
  const add = button('Add', { 'aria-label': 'Add a contact', class: 'quiet' }, () => addContact());
  const requests = el('ul', { class: 'requests', role: 'list' });
  const asked = el('section', { class: 'group', 'aria-label': 'Requests', hidden: true }, el('h2', {}, 'Asking to see your status'), requests);
  const groups = el('div', {});
  const none = el('div', { class: 'none', hidden: true });
  const offer = button('', { class: 'quiet' }, () => addContact(search.value.trim()));
  const nobody = el('p', {});
  none.append(nobody, offer);
  const node = el('nav', { class: 'contacts', 'aria-label': 'Contacts' }, el('div', { class: 'search' }, search, add), asked, groups, none);
  node.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (event.target === search || event.target.matches('a'))) {
      const all = [search, ...node.querySelectorAll('a')];
      const to = all[all.indexOf(event.target) + step];
      if (to) {
        event.preventDefault();
        to.focus();
      }
    }
  });
  node.update = () => {
    const sought = search.value;
    const waiting = state.requests.filter((contact) => matches(contact, sought));
    show(asked, waiting.length > 0);
    keyed(requests, waiting, (contact) => contact.address, request);
    const grouped = groupsOf(sought);
    keyed(groups, grouped, ([name]) => name, group);
    const empty = grouped.length === 0;
    show(none, empty && waiting.length === 0);
    if (empty) {
      say(nobody, sought.trim() ? 'Nobody by “' + plain(sought.trim()) + '”.' : 'Nobody here yet.');
      say(offer, sought.trim() ? 'Add as a contact…' : 'Add somebody…');
    }
  };
  return node;
}

function groupsOf(sought) {
  const asking = new Set(state.requests.map((contact) => contact.address));
  const listed = state.contacts.filter((contact) => matches(contact, sought));
  const known = new Set(state.contacts.map((contact) => contact.address));
  const others = state.conversations
    .filter((conversation) => !known.has(conversation.contact) && !asking.has(conversation.contact))
    .map((conversation) => contactOf(conversation.contact))
    .filter((contact) => matches(contact, sought));
  const names = new Map([...listed, ...others].map((contact) => [contact, called(contact)]));
  const byName = (one, other) => COLLATOR.compare(names.get(one), names.get(other)) || (one.address < other.address ? -1 : 1);
  return [
    ['Online', listed.filter((contact) => !contact.blocked && isHere(contact))],
    ['Offline', listed.filter((contact) => !contact.blocked && contact.status === 'OFFLINE')],
    ['Status not known', listed.filter((contact) => !contact.blocked && contact.status === 'UNKNOWN')],
    ['Not in your list', others],
    ['Blocked', listed.filter((contact) => contact.blocked)],
  ]
    .filter(([, people]) => people.length > 0)
    .map(([name, people]) => [name, people.sort(byName)]);
}

function group([name]) {
  const count = el('span', { class: 'count' });
  const list = el('ul', { role: 'list' });
  const node = el('section', { class: 'group', 'aria-label': name }, el('h2', {}, name, ' ', count), list);
  node.update = ([, people]) => {
    say(count, String(people.length));
    keyed(list, people, (contact) => contact.address, row);
  };
  return node;
}

function row(first) {
  let contact = first;
  const mark = disc(initial(called(contact)), contact.address);
  const name = foreign('', 'name cut');
  const status = el('span', { class: 'status' });
  const more = el('bdi', { dir: 'auto', class: 'last' });
  const unread = el('span', { class: 'badge', 'aria-hidden': 'true' });
  const unreadSpoken = spoken('');
  const link = el(
    'a',
    { href: hashOf('with', contact.address), class: 'row-link' },
    mark,
    el('span', { class: 'row-text' }, name, el('span', { class: 'second cut' }, status, more)),
    unread,
    unreadSpoken,
  );
  const menu = menuButton('⋯', { class: 'quiet dots', 'aria-label': 'Actions' }, () => contactActions(contact));
  const node = el('li', { class: 'contact' }, link, menu);
  node.update = (now) => {
    contact = now;
    const says = called(now);
    const shown = route();
    mark.status(now.blocked ? 'OFFLINE' : now.status);
    if (name.textContent !== says) {
      say(mark.firstChild, initial(says));
      say(name, says);
    }
    attribute(link, 'title', says === plain(now.address) ? says : says + '\n' + plain(now.address));
    attribute(link, 'aria-current', shown.view === 'with' && shown.of === now.address ? 'page' : null);
    attribute(menu, 'aria-label', 'Actions for ' + says);
    const conversation = state.conversations.find((each) => each.contact === now.address);
    const live = state.sessions.find((session) => session.contact.address === now.address && !isFinal(session));
    say(status, now.listed || now.blocked ? (now.blocked ? 'Blocked' : STATUSES[now.status]) : '');
    const last = live
      ? titled(live.name, live.application) + ': ' + standing(live).toLowerCase()
      : conversation?.last
       ? (conversation.last.own ? 'You: ' : '') + plain(conversation.last.text)
       : '';
    say(more, last.slice(0, 120));
    attribute(more, 'data-live', Boolean(live));
    status.classList.toggle('spoken', Boolean(live));
    const count = conversation?.unread ?? 0;
    show(unread, count > 0);
    say(unread, count > 99 ? '99+' : String(count));
    say(unreadSpoken, count > 0 ? ', ' + count + ' unread' : '');
    link.classList.toggle('unread', count > 0);
  };
  return node;
}

function request(first) {
  const box = problemBox();
  const accept = button('Accept', { class: 'primary small' }, () =>
    act(accept, box, 'Accepting…', () => post('contacts/add', { contact: first.address })),
  );
  const refuse = button('Refuse', { class: 'small' }, () =>
    act(refuse, box, 'Refusing…', () => post('contacts/remove', { contact: first.address })),
  );
  attribute(accept, 'aria-label', 'Accept ' + called(first));
  attribute(refuse, 'aria-label', 'Refuse ' + called(first));
  const says = called(first);
  return el(
    'li',
    { class: 'request' },
    foreign(says, 'name'),
    says !== plain(first.address) && foreign(first.address, 'address'),
    el('div', { class: 'row' }, accept, refuse),
    box,
  );
}

/** The ways to the other views. */
export function views() {
  const link = (view, label) => {
    const count = el('span', { class: 'count' });
    const node = el('a', { href: hashOf(view) }, label, ' ', count);
    node.update = (number) => {
      say(count, number > 0 ? String(number) : '');
      attribute(node, 'aria-current', route().view === view ? 'page' : null);
    };
    return node;
  };
  const applications = link('applications', 'Applications');
  const missed = link('missed', 'Missed');
  const settings = link('settings', 'Settings');
  const alarm = el('span', { class: 'alarm', title: 'There are problems' }, spoken('problems'));
  settings.append(alarm);
  const node = el('nav', { class: 'views', 'aria-label': 'Views' }, applications, missed, settings);
  node.update = () => {
    applications.update(0);
    missed.update(state.missed.length);
    settings.update(0);
    show(alarm, state.problems.length > 0);
  };
  return node;
}
