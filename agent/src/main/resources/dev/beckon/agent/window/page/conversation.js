// The conversation with one contact: messages and sessions in the order of their time, and the line to write on.
import { attribute, button, disc, el, folded, foreign, foreignLines, keyed, say, show, spoken, time } from './dom.js';
import { post, read } from './agent.js';
import { contactOf, route, unreadOf } from './state.js';
import { act, announce, confirm, menuButton, problemBox } from './parts.js';
import { called, characters, clock, day, initial, isolated, lines, plain, sentence } from './text.js';
import { STATUSES, standing } from './words.js';
import { contactActions, invite } from './invite.js';
import { session } from './timeline.js';

const MOST_CHARACTERS = 5000;
const TOLD_FROM = 4500;

let current = null;

/** Something new of a conversation, as the agent said it. */
export function take(event, data) {
  if (current && data.contact === current.address) {
    if (event === 'entry') {
      current.enter(data.entry);
    } else {
      current.emptied();
    }
  }
}

/** Everything may be different: the page was without its agent for a while. */
export function reload() {
  current?.load();
}

/** The view of a conversation. */
export function conversation(address) {
  const entries = new Map();
  const sentAgain = new Set();
  let loading = null;
  let meanwhile = [];
  let loaded = false;

  const contact = () => contactOf(address);
  const mark = disc(initial(called(contact())), address);
  const name = foreign('', 'name');
  const title = el('h1', { tabindex: '-1' }, name);
  const whole = el('span', {}, ' · ', foreign(address, 'address'));
  const under = el('p', { class: 'under' }, el('span', { class: 'status' }), whole);
  const inviting = button('Invite…', { class: 'primary' }, () => invite({ contact: contact() }));
  const menu = menuButton('⋯', { class: 'quiet dots', 'aria-label': 'More for this conversation' }, () => [
    ...contactActions(contact()).filter(([label]) => label !== 'Message'),
    ['Clear history…', clear, { danger: true, group: true }],
  ]);
  const head = el(
    'header',
    { class: 'head' },
    el('a', { class: 'back', href: '#/', 'aria-label': 'Back to contacts' }, '‹'),
    mark,
    el('div', { class: 'head-text' }, folded(title, 2), under),
    inviting,
    menu,
  );

  const older = button('Show earlier entries', { class: 'quiet' }, () => act(older, loadBox, 'Loading…', () => loadOlder()));
  const loadBox = problemBox();
  const retry = button('Try again', { class: 'quiet', hidden: true }, () => node.load());
  const list = el('ol', { class: 'entries', role: 'list' });
  const empty = el('p', { class: 'empty', hidden: true }, 'Nothing here yet. Write something, or invite to an application.');
  const log = el(
    'div',
    { class: 'log', role: 'log', 'aria-live': 'off', tabindex: '0', onscroll: () => show(down, down.wanted && !atEnd()) },
    el('div', { class: 'older' }, older, loadBox, retry),
    empty,
    list,
  );
  const down = button('New below ↓', { class: 'down', hidden: true }, () => toEnd());

  const draftKey = 'draft:' + address;
  const text = el('textarea', { rows: '1', 'aria-label': 'Message', placeholder: 'Write a message', autocomplete: 'off' });
  const send = el('button', { class: 'primary' }, 'Send');
  const count = el('p', { class: 'hint', role: 'status' });
  const box = problemBox();
  const composer = el('form', { class: 'composer', 'aria-label': 'Write a message' }, el('div', { class: 'composer-line' }, text, send), count, box);
  const blockedNote = el('p', { class: 'blocked-note', hidden: true }, 'Blocked: nothing is sent, and nothing gets through.');

  text.value = sessionStorage.getItem(draftKey) ?? '';
  text.addEventListener('input', () => {
    sessionStorage.setItem(draftKey, text.value);
    measure();
  });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      composer.requestSubmit();
    }
  });
  composer.addEventListener('submit', async (event) => {
    event.preventDefault();
    const said = text.value;
    if (said.trim() === '' || characters(said) > MOST_CHARACTERS) {
      return;
    }
    if (await act(send, box, 'Sending…', () => post('messages', { contact: address, text: said }))) {
      if (text.value === said) {
        text.value = '';
        sessionStorage.removeItem(draftKey);
        measure();
      }
      toEnd();
    }
  });

  function measure() {
    text.style.height = 'auto';
    text.style.height = Math.min(text.scrollHeight + 2, 180) + 'px';
    const number = characters(text.value);
    const over = number > MOST_CHARACTERS;
    say(
      count,
      over
        ? 'Too long by ' + (number - MOST_CHARACTERS).toLocaleString() + ': a message has at most ' + MOST_CHARACTERS.toLocaleString() + ' characters.'
        : number >= TOLD_FROM
         ? number.toLocaleString() + ' of ' + MOST_CHARACTERS.toLocaleString() + ' characters'
         : '',
    );
    attribute(text, 'aria-invalid', over ? 'true' : null);
    attribute(send, 'aria-disabled', over ? 'true' : null);
  }

  const node = el('div', { class: 'conversation' }, head, log, down, blockedNote, composer);
  node.address = address;
  current = node;

  function atEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
    down.wanted = false;
    show(down, false);
  }

  node.load = async () => {
    const mine = (loading = {});
    meanwhile = [];
    show(retry, false);
    loadBox.clear();
    try {
      const page = await read('conversation?contact=' + encodeURIComponent(address));
      if (loading !== mine) {
        return;
      }
      entries.clear();
      page.entries.forEach(put);
      meanwhile.forEach(put);
      show(older, page.more);
      loaded = true;
      draw(true);
      node.update();
    } catch (refused) {
      if (loading === mine && 'problem' in refused) {
        loadBox.tell(refused);
        show(retry, true);
      }
    } finally {
      if (loading === mine) {
        loading = null;
      }
    }
  };

  async function loadOlder() {
    const first = sorted()[0];
    const page = await read('conversation?contact=' + encodeURIComponent(address) + '&before=' + encodeURIComponent(first.when));
    page.entries.filter((entry) => !entries.has(entry.kind + entry.id)).forEach(put);
    show(older, page.more);
    const from = log.scrollHeight - log.scrollTop;
    draw(false);
    log.scrollTop = log.scrollHeight - from;
    if (older.hidden) {
      log.focus({ preventScroll: true });
    }
  }

  node.enter = (entry) => {
    if (loading) {
      meanwhile.push(entry);
    }
    const before = entries.get(entry.kind + entry.id);
    put(entry);
    draw(false);
    if (!before && loaded && entry.kind === 'message' && !entry.own) {
      announce(isolated(called(contact())) + ': ' + isolated(lines(entry.text), 200));
    } else if (entry.kind === 'session' && before && before.step !== entry.step) {
      announce('Session: ' + isolated(plain(entry.name)) + ', ' + standing(entry).toLowerCase());
    }
    markRead();
  };

  node.emptied = () => {
    entries.clear();
    meanwhile = [];
    show(older, false);
    draw(true);
  };

  function put(entry) {
    entries.set(entry.kind + entry.id, { ...entry, at: Date.parse(entry.when) });
  }

  function sorted() {
    return [...entries.values()].sort((one, other) => one.at - other.at);
  }

  function draw(end) {
    const stays = end || atEnd();
    const items = [];
    let lastDay = '';
    for (const entry of sorted()) {
      const its = new Date(entry.when).toDateString();
      if (its !== lastDay) {
        lastDay = its;
        items.push({ kind: 'day', id: its, when: entry.when });
      }
      items.push(entry);
    }
    const before = list.children.length;
    keyed(
      list,
      items,
      (item) => item.kind + item.id,
      (item) => (item.kind === 'day' ? separator(item) : item.kind === 'session' ? session(item, contact) : message(item)),
    );
    show(empty, items.length === 0 && loaded);
    if (stays) {
      toEnd();
    } else if (list.children.length > before) {
      down.wanted = true;
      show(down, !atEnd());
    }
  }

  function separator(item) {
    const label = el('span', {});
    const line = el('li', { class: 'day' }, label);
    line.update = () => say(label, day(item.when));
    return line;
  }

  function message(first) {
    const fate = el('span', { class: 'fate' });
    const failed = el('p', { class: 'problem-line' });
    const againBox = problemBox();
    const again = button('Send again', { class: 'small' }, async () => {
      if (await act(again, againBox, 'Sending…', () => post('messages', { contact: address, text: first.text }))) {
        sentAgain.add(first.id);
        show(again, false);
        say(failed, 'Not sent at first; sent again below.');
      }
    });
    const trouble = el('div', { class: 'failed', hidden: true }, failed, again, againBox);
    const line = el(
      'li',
      { class: first.own ? 'message own-message' : 'message' },
      spoken((first.own ? 'You' : called(contact())) + ': '),
      el('div', { class: 'bubble' }, foreignLines(first.text)),
      el('p', { class: 'meta' }, time(first.when, clock), fate),
      trouble,
    );
    line.update = (now) => {
      say(fate, { SENDING: ' · Sending…', FAILED: ' · Not sent' }[now.fate] ?? '');
      attribute(line, 'data-fate', now.fate);
      show(trouble, now.fate === 'FAILED');
      if (now.fate === 'FAILED' && !sentAgain.has(now.id)) {
        say(failed, sentence(now.problem || 'It could not be sent'));
      }
    };
    return line;
  }

  function clear() {
    confirm({
      title: 'Clear this history?',
      text: ['All messages and ended sessions with ', foreign(called(contact())), ' are removed from this computer. They keep theirs.'],
      label: 'Clear history',
      doing: 'Clearing…',
      run: () => post('conversation/clear', { contact: address }),
    });
  }

  let reading = false;

  async function markRead() {
    const seen = loaded && document.visibilityState === 'visible' && route().of === address;
    if (seen && !reading && unreadOf(address) > 0) {
      reading = true;
      await post('conversation/read', { contact: address }).catch(() => {});
      setTimeout(() => {
        reading = false;
        markRead();
      }, 300);
    }
  }

  node.update = () => {
    const now = contact();
    say(name, called(now));
    say(mark.firstChild, initial(called(now)));
    mark.status(now.blocked ? 'OFFLINE' : now.status);
    const says = now.blocked ? 'Blocked' : now.listed ? STATUSES[now.status] : 'Not in your contacts';
    say(under.firstChild, says);
    show(whole, called(now) !== plain(address));
    attribute(log, 'aria-label', 'Conversation with ' + called(now));
    show(blockedNote, now.blocked);
    show(composer, !now.blocked);
    show(inviting, !now.blocked);
    for (const item of list.children) {
      if (item.entry) {
        item.update(item.entry);
      }
    }
    markRead();
  };
  node.shown = () => {
    measure();
    toEnd();
  };
  node.takeFocus = () => (matchMedia('(min-width: 760px)').matches && !composer.hidden ? text : title).focus({ preventScroll: true });
  node.leave = () => {
    loading = null;
    current = null;
    document.removeEventListener('visibilitychange', markRead);
  };
  document.addEventListener('visibilitychange', markRead);
  node.load();
  return node;
}
