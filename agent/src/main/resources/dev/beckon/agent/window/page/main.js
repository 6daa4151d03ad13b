// The page as a whole: what is shown when, and the way from the agent's events to the parts.
import { attribute, el, show } from './dom.js';
import { listen, tryNow } from './agent.js';
import { changed, hashOf, route, state, take, takesFocus, watch } from './state.js';
import { connection, contacts, own, views } from './side.js';
import { cards } from './cards.js';
import * as conversations from './conversation.js';
import { applications } from './applications.js';
import { missed, settings } from './settings.js';
import { locked, signIn, starting } from './entrance.js';
import { update as notify } from './notify.js';
import { left } from './text.js';

const PLACE = 'beckon.place';
const NARROW = matchMedia('(max-width: 759px)');
const stage = document.getElementById('stage');
let screen = null;

function screenFor() {
  if (state.link === 'locked') {
    return ['locked', locked];
  }
  if (!state.account) {
    return ['starting', starting];
  }
  // While it is being tried, what was typed stays.
  const trying = state.account.busy && screen?.name === 'signIn';
  return state.account.signedIn && !trying ? ['window', signedIn] : ['signIn', outside];
}

function outside() {
  const way = connection({ agentAlone: true });
  const form = signIn();
  const node = el('main', { class: 'outside' }, way, form);
  node.update = () => {
    way.update();
    form.update();
  };
  return node;
}

function draw() {
  const [name, make] = screenFor();
  if (screen?.name !== name) {
    screen?.leave?.();
    screen = make();
    screen.name = name;
    stage.replaceChildren(screen);
    document.querySelectorAll('dialog').forEach((open) => open.close());
    screen.shown?.();
  }
  screen.update?.();
  notify();
}

function signedIn() {
  const invitations = cards();
  const self = own();
  const way = connection();
  const list = contacts();
  const ways = views();
  const main = el('main', { id: 'main' });
  const title = el('h1', { class: 'spoken' }, 'Beckon');
  const side = el('div', { class: 'side' }, title, el('section', { 'aria-label': 'You' }, self, way), list, ways);
  const skip = el('a', { class: 'skip', href: '#invitations', hidden: true }, 'Go to the invitation');
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    invitations.querySelector('h2').focus();
  });
  const node = el('div', { class: 'window' }, skip, invitations, side, main);
  let shown = null;
  let key = null;

  function viewFor({ view, of }) {
    switch (view) {
      case 'with':
        return of ? conversations.conversation(of) : welcome();
      case 'applications':
        return applications();
      case 'missed':
        return missed();
      case 'settings':
        return settings();
      default:
        return welcome();
    }
  }

  node.update = () => {
    const now = route();
    const wanted = hashOf(now.view, now.of);
    const alone = NARROW.matches && !now.view;
    attribute(node, 'data-pane', now.view ? 'main' : 'list');
    attribute(side, 'role', alone ? 'main' : null);
    show(title, alone);
    sessionStorage.setItem(PLACE, location.hash);
    for (const part of [self, way, list, ways]) {
      part.update();
    }
    const follow = takesFocus();
    if (wanted !== key) {
      const before = key;
      key = wanted;
      shown?.leave?.();
      shown = viewFor(now);
      main.replaceChildren(shown);
      shown.update?.();
      const focused = shown.shown?.();
      if (before !== null && !focused) {
        turnTo(now, follow, before);
      }
    } else {
      shown.update?.();
      if (follow) {
        turnTo(now, true, key);
      }
    }
    invitations.update();
    show(skip, !invitations.hidden);
  };

  function turnTo(now, follow, before) {
    if (document.querySelector('dialog[open]') || (invitations.contains(document.activeElement) && !follow)) {
      return;
    }
    if (shown.takeFocus) {
      shown.takeFocus();
    } else if (now.view) {
      shown.querySelector('h1')?.focus({ preventScroll: true });
    } else {
      const from = [...list.querySelectorAll('a')].find((link) => link.getAttribute('href') === before);
      (from ?? list.querySelector('a'))?.focus();
    }
  }

  node.tick = invitations.tick;
  node.leave = () => shown?.leave?.();
  return node;
}

function welcome() {
  return el(
    'div',
    { class: 'welcome' },
    el('h1', { tabindex: '-1' }, 'Beckon'),
    el('p', {}, 'Choose a contact to write to, or to invite to an application.'),
  );
}

addEventListener('hashchange', changed);
NARROW.addEventListener('change', changed);
addEventListener('storage', (event) => {
  if (event.key === 'beckon.key' && state.link === 'locked') {
    location.reload();
  }
});
document.addEventListener('visibilitychange', () => !document.hidden && ['lost', 'resting'].includes(state.link) && tryNow());

setInterval(() => {
  for (const timer of document.querySelectorAll('[data-until]')) {
    timer.textContent = left(timer.dataset.until) + ' left';
  }
  screen?.tick?.();
}, 1000);

if (!location.hash && sessionStorage.getItem(PLACE)) {
  history.replaceState(null, '', sessionStorage.getItem(PLACE) || hashOf(''));
}

watch(draw);
draw();
listen({
  event(name, data) {
    if (name === 'entry' || name === 'cleared') {
      conversations.take(name, data);
    } else {
      take(name, data);
    }
  },
  live() {
    const again = state.link !== 'starting';
    state.link = 'live';
    state.lostSince = null;
    changed();
    if (again) {
      conversations.reload();
    }
  },
  lost(since) {
    state.link = 'lost';
    state.lostSince = since;
    changed();
  },
  resting() {
    state.link = 'resting';
    changed();
  },
  locked() {
    state.link = 'locked';
    changed();
  },
});
