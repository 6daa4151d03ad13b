// The invitations that wait for an answer. Nothing but a deliberate press on Accept, begun after the card has stood
// still for half a second, accepts one.
import { attribute, button, disc, el, folded, foreign, foreignLines, keyed, say, show } from './dom.js';
import { post } from './agent.js';
import { go, state } from './state.js';
import { act, announce, confirm, field, problemBox } from './parts.js';
import { bytes, called, initial, isolated, left, plain, titled } from './text.js';

const STILL = 500;
const MOST_WORD = 512;

/**
 * Tells whether a press is meant: the card stands still for {@link STILL} ms, then the press begins on the button, then
 * it ends there, and in between nothing has moved.
 */
function poise() {
  let since = Infinity;
  let turn = 0;
  let timer;
  let told = () => {};
  const settled = () => performance.now() - since >= STILL;
  return {
    settled,
    /** The card is about to be seen, or moved: what was begun before does not count. */
    unsettle() {
      turn++;
      since = Infinity;
      told(false);
      clearTimeout(timer);
    },
    /** The card is seen where it stands. */
    settle() {
      since = performance.now();
      timer = setTimeout(() => told(true), STILL);
    },
    whenSettled(callback) {
      told = callback;
    },
    guard(pressed, run) {
      let begun = -1;
      let pointer = false;
      const begin = (meant) => (begun = meant && settled() ? turn : -1);
      pressed.addEventListener('pointerdown', () => {
        pointer = true;
        begin(true);
      });
      // Without a pointer before it, it is a screen reader that presses.
      pressed.addEventListener('mousedown', () => {
        if (!pointer) {
          begin(true);
        }
        pointer = false;
      });
      pressed.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          begin(!event.repeat);
        }
      });
      pressed.addEventListener('blur', () => (begun = -1));
      pressed.addEventListener('click', () => {
        const meant = begun === turn && settled();
        begun = -1;
        if (meant) {
          run();
        }
      });
      return pressed;
    },
  };
}

/** The region of the invitations. */
export function cards() {
  const title = el('h2', { tabindex: '-1' }, 'Invitation');
  const place = el('div', { class: 'card-place' });
  const queue = el('ul', { class: 'queue', role: 'list' });
  const waitingTitle = el('p', { class: 'hint' }, 'Also waiting');
  const rest = el('div', { class: 'rest', hidden: true }, waitingTitle, queue);
  const node = el('section', { id: 'invitations', 'aria-label': 'Invitations', hidden: true }, title, place, rest);
  const made = new Map();
  const known = new Set();
  const warned = new Set();
  let front = null;
  let where = '';
  let following = false;

  // At every frame that is painted: the time runs from the first one that shows the card where it stands.
  function follow() {
    const accept = front && made.get(front)?.mark;
    if (accept) {
      const { left: x, top, width, height } = accept.getBoundingClientRect();
      const now = [x, top, width, height].map(Math.round).join();
      if (now !== where) {
        where = now;
        made.get(front).poise.unsettle();
        made.get(front).poise.settle();
      }
    }
    following = front !== null;
    if (following) {
      requestAnimationFrame(follow);
    }
  }

  document.addEventListener('visibilitychange', () => {
    where = '';
    made.get(front)?.poise.unsettle();
  });

  function bring(id) {
    front = id;
    if (id && !following) {
      following = true;
      requestAnimationFrame(follow);
    }
  }

  node.update = () => {
    const waiting = state.sessions
      .filter((session) => session.toAnswer)
      .sort((one, other) => began(one) - began(other));
    const held = node.contains(document.activeElement);
    for (const session of waiting) {
      if (!known.has(session.id)) {
        known.add(session.id);
        announce(
          isolated(called(session.contact)) + ' invites you to ' + isolated(titled(session.name, session.application))
            + '. ' + (waiting.length > 1 ? waiting.length + ' invitations are waiting. ' : '')
            + (session.expires ? left(session.expires) + ' left to answer.' : ''),
          { visibly: true },
        );
      }
    }
    for (const id of made.keys()) {
      if (!waiting.some((session) => session.id === id)) {
        made.delete(id);
      }
    }
    const index = waiting.findIndex((session) => session.id === front);
    if (index < 0) {
      bring(waiting[0]?.id ?? null);
    }
    const shown = waiting[Math.max(0, index)];
    show(node, Boolean(shown));
    if (!shown) {
      place.replaceChildren();
      if (held) {
        (document.querySelector('main h1') ?? document.body).focus();
      }
      return;
    }
    let card = made.get(shown.id);
    if (!card) {
      card = invitation(shown);
      made.set(shown.id, card);
    }
    if (place.firstChild !== card) {
      place.replaceChildren(card);
      card.poise.unsettle();
      where = '';
      if (held && !node.contains(document.activeElement)) {
        title.focus({ preventScroll: true });
      }
    }
    card.update(shown);
    say(title, waiting.length > 1 ? 'Invitation ' + (waiting.indexOf(shown) + 1) + ' of ' + waiting.length : 'Invitation');
    const others = waiting.filter((session) => session !== shown);
    show(rest, others.length > 0);
    keyed(queue, others, (session) => session.id, waits);
  };

  node.tick = () => {
    const soon = state.sessions.find((session) => session.id === front);
    const rests = soon?.expires ? Date.parse(soon.expires) - Date.now() : Infinity;
    if (rests < 30_000 && rests > 20_000 && !warned.has(front)) {
      warned.add(front);
      announce('30 seconds left to answer ' + isolated(called(soon.contact)));
    }
  };

  function waits(session) {
    const rests = el('span', { class: 'hint left' });
    const press = button(
      [foreign(called(session.contact), 'name cut'), el('span', {}, ' to '), foreign(titled(session.name, session.application), 'name cut'), rests],
      { class: 'quiet waiting' },
      () => {
        bring(session.id);
        title.focus({ preventScroll: true });
        node.update();
      },
    );
    const item = el('li', {}, press);
    item.update = (now) => {
      attribute(rests, 'data-until', now.expires);
      say(rests, now.expires ? left(now.expires) + ' left' : '');
    };
    return item;
  }

  return node;
}

function began(session) {
  return Date.parse(session.steps[0]?.when ?? session.expires ?? 0);
}

function invitation(first) {
  const steady = poise();
  const { contact } = first;
  const who = called(contact);
  const what = titled(first.name, first.application);
  const box = problemBox();
  const rests = el('span', { class: 'left', role: 'timer', 'aria-label': 'Time left' });

  const accept = steady.guard(button('Accept', { class: 'primary', 'aria-disabled': 'true' }), async () => {
    if (await act(accept, box, 'Accepting…', () => post('sessions/accept', { id: first.id }))) {
      go('with', contact.address);
    }
  });
  const decline = steady.guard(button('Decline', { 'aria-disabled': 'true' }), () =>
    act(decline, box, 'Declining…', () => post('sessions/decline', { id: first.id })),
  );
  const block = steady.guard(button('Block…', { class: 'quiet danger-text', 'aria-disabled': 'true' }), () =>
    confirm({
      title: 'Block and decline?',
      text: ['Nothing of ', foreign(contact.address), ' will get through from now on. You can unblock at any time.'],
      label: 'Block',
      doing: 'Blocking…',
      run: () => post('sessions/block', { id: first.id }),
    }),
  );
  const open = steady.guard(button('Open download page', { 'aria-disabled': 'true' }), async () => {
    if (await act(open, box, 'Opening…', () => post('download', { id: first.id }))) {
      say(opened, 'Opened in your web browser.');
    }
  });
  const guarded = [accept, decline, block, open];
  steady.whenSettled((settled) => guarded.forEach((each) => attribute(each, 'aria-disabled', settled ? null : 'true')));

  const opened = el('p', { class: 'hint', role: 'status' });
  const wordField = field('A word to go along', 'word', { autocomplete: 'off' });
  const sendWord = el('button', { class: 'small' }, 'Decline with this');
  const wordForm = el('form', { class: 'word', hidden: true, 'aria-label': 'Decline with a word' }, wordField, sendWord);
  const toggle = button('with a word…', { class: 'quiet', 'aria-expanded': 'false', 'aria-label': 'Decline with a word…' }, () => {
    show(wordForm, wordForm.hidden);
    attribute(toggle, 'aria-expanded', String(!wordForm.hidden));
    if (!wordForm.hidden) {
      wordField.input.focus();
    }
  });
  wordForm.addEventListener('submit', (event) => {
    event.preventDefault();
    act(sendWord, box, 'Declining…', async () => {
      const text = wordField.input.value;
      const over = bytes(text) - MOST_WORD;
      if (over > 0) {
        throw Object.assign(new Error(), { problem: 'The word is too long by ' + over + ' bytes.', remedy: 'Shorten it.' });
      }
      await post('sessions/decline', { id: first.id, ...(text.trim() && { text }) });
    });
  });

  const mark = disc(initial(who), contact.address);
  mark.status(contact.status);
  const relation = el('span', { class: 'tag' });
  const install = el('div', { class: 'install' });
  const actions = el('div', { class: 'row card-actions' }, accept, decline, toggle, block);
  const node = el(
    'article',
    { class: 'card', 'aria-label': 'Invitation from ' + who },
    el(
      'div',
      { class: 'card-head' },
      mark,
      el(
        'div',
        { class: 'card-who' },
        folded(el('p', { class: 'card-title' }, foreign(who, 'strong'), ' invites you to ', foreign(what, 'strong')), 4),
        el('p', { class: 'card-address' }, who !== plain(contact.address) && [foreign(contact.address, 'address'), ' '], relation),
      ),
      rests,
    ),
    first.text && folded(el('blockquote', {}, foreignLines(first.text)), 4),
    install,
    opened,
    box,
    actions,
    wordForm,
  );
  node.poise = steady;
  node.mark = accept;
  let told = '';
  node.update = (now) => {
    attribute(rests, 'data-until', now.expires);
    say(rests, now.expires ? left(now.expires) + ' left' : '');
    const listed = now.contact.listed;
    say(relation, now.contact.blocked ? 'Blocked' : listed ? 'In your contacts' : 'Not in your contacts');
    attribute(relation, 'data-kind', listed ? null : 'stranger');
    const tells = [now.installed, now.url, now.link].join('\n');
    if (tells !== told) {
      told = tells;
      // Accepting opens the download page: whoever cannot see its address yet must scroll past it first.
      actions.classList.toggle('within-reach', now.installed || !now.link);
      install.replaceChildren(...installation(now, open));
    }
  };
  return node;
}

function installation(now, open) {
  if (now.installed) {
    return [el('p', { class: 'hint' }, 'It is installed on this computer.')];
  }
  const register = button('Register it…', {}, () => go('applications', now.application));
  const after = 'they are told that you are getting it, and it starts once it is installed and registered here.';
  if (!now.url) {
    return [el('p', {}, 'It is not installed here, and no download page was given. If you accept, ', after), el('div', { class: 'row' }, register)];
  }
  if (!now.link) {
    return [
      el('p', {}, 'It is not installed here, and the address given for it is not opened, since it is no web address that is allowed:'),
      el('p', { class: 'link' }, foreign(now.url)),
      el('p', { class: 'hint' }, 'If you accept, ', after),
      el('div', { class: 'row' }, register),
    ];
  }
  return [
    el('p', {}, 'It is not installed here. Its download page, given by the one who invites:'),
    el('p', { class: 'link' }, foreign(now.link)),
    el('p', { class: 'hint' }, 'Opening it shows this address in your web browser; nothing is installed by itself. If you accept, it opens too, ' + after),
    el('div', { class: 'row' }, open, register),
  ];
}
