// Parts that several places use: errors where they happen, actions that run once, dialogs, menus, announcements.
import { button, el, say, show } from './dom.js';
import { sentence } from './text.js';

/** Where the problem and the remedy of an action are shown: `show(refused)`, `clear()`. */
export function problemBox() {
  const problem = el('p', { class: 'problem-line' });
  const remedy = el('p', {});
  const node = el('div', { class: 'problem', role: 'alert', hidden: true }, problem, remedy);
  node.tell = (said) => {
    say(problem, sentence(said.problem));
    say(remedy, sentence(said.remedy));
    show(remedy, Boolean(said.remedy));
    show(node, true);
  };
  node.clear = () => show(node, false);
  return node;
}

/**
 * Runs what a button does: once at a time, saying that it runs, and its error in the box. Gives true where it was done.
 */
export async function act(pressed, box, doing, run) {
  if (pressed.getAttribute('aria-busy') === 'true') {
    return false;
  }
  const label = pressed.textContent;
  pressed.setAttribute('aria-busy', 'true');
  const slow = doing && setTimeout(() => (pressed.textContent = doing), 150);
  box?.clear();
  try {
    await run();
    return true;
  } catch (refused) {
    if (!('problem' in refused)) {
      console.error(refused);
    }
    box?.tell('problem' in refused ? refused : { problem: 'This page failed: ' + refused.message, remedy: 'Reload it.' });
    box?.scrollIntoView({ block: 'nearest' });
    return false;
  } finally {
    if (slow) {
      clearTimeout(slow);
      pressed.textContent = label;
    }
    pressed.removeAttribute('aria-busy');
  }
}

/** A form that submits once at a time. `run` gets the values by name. */
export function form({ label, doing, name, run, extra = [] }, ...fields) {
  const box = problemBox();
  const submit = el('button', { class: 'primary' }, label);
  const node = el('form', { novalidate: true, 'aria-label': name }, fields, box, el('div', { class: 'row' }, extra, submit));
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    const missing = [...node.querySelectorAll('[required]')].find((field) => field.value.trim() === '');
    if (missing) {
      box.tell({ problem: '“' + missing.labels[0].firstChild.textContent + '” is missing.', remedy: 'Fill it in.' });
      missing.focus();
      return;
    }
    await act(submit, box, doing, () => run(Object.fromEntries(new FormData(node))));
  });
  node.box = box;
  node.submitButton = submit;
  return node;
}

let counter = 0;

export function fresh(prefix) {
  return prefix + '-' + ++counter;
}

/** A labelled input; `hint` says more beneath it. */
export function field(label, name, { hint, ...properties } = {}) {
  const id = fresh('field');
  const hintId = hint && id + '-hint';
  const input = el(properties.rows ? 'textarea' : 'input', {
    id,
    name,
    spellcheck: 'false',
    autocapitalize: 'none',
    'aria-describedby': hintId,
    ...properties,
  });
  const node = el('div', { class: 'field' }, el('label', { for: id }, label), input, hint && el('p', { class: 'hint', id: hintId }, hint));
  node.input = input;
  return node;
}

export function password(label, name, properties) {
  const node = field(label, name, { type: 'password', required: true, ...properties });
  const reveal = button('Show', { class: 'quiet reveal', 'aria-pressed': 'false', 'aria-label': 'Show password' }, () => {
    const shown = node.input.type === 'password';
    node.input.type = shown ? 'text' : 'password';
    reveal.textContent = shown ? 'Hide' : 'Show';
    reveal.setAttribute('aria-pressed', String(shown));
  });
  const line = el('div', { class: 'with-button' });
  node.input.replaceWith(line);
  line.append(node.input, reveal);
  return node;
}

export function checkbox(label, name, { hint, ...properties } = {}) {
  const id = fresh('field');
  const input = el('input', { id, name, type: 'checkbox', 'aria-describedby': hint && id + '-hint', ...properties });
  const node = el(
    'div',
    { class: 'field check' },
    input,
    el('label', { for: id }, label),
    hint && el('p', { class: 'hint', id: id + '-hint' }, hint),
  );
  node.input = input;
  return node;
}

/** A dialog; the content is made with a function that closes it. While it is open, announcements show in it too. */
export function dialog(title, content) {
  const id = fresh('dialog');
  const close = () => node.close();
  const news = el('p', { class: 'news', role: 'status' });
  const node = el(
    'dialog',
    { 'aria-labelledby': id },
    el('h2', { id }, title),
    news,
  );
  node.append(...[content(close)].flat());
  node.news = news;
  node.addEventListener('close', () => {
    node.remove();
    if (document.activeElement === document.body) {
      document.querySelector('main h1')?.focus({ preventScroll: true });
    }
  });
  node.addEventListener('mousedown', (event) => {
    if (event.target === node) {
      close();
    }
  });
  document.body.append(node);
  node.showModal();
  return node;
}

/** Asks before something that cannot be undone; errors show in the dialog. */
export function confirm({ title, text, label, doing, danger = true, run, more = [] }) {
  dialog(title, (close) => {
    const box = problemBox();
    const yes = button(label, { class: danger ? 'danger' : 'primary' }, async () => {
      if (await act(yes, box, doing, run)) {
        close();
      }
    });
    const no = button('Cancel', { autofocus: true }, close);
    return [el('p', {}, text), ...more, box, el('div', { class: 'row end' }, no, yes)];
  });
}

/** A button that opens a menu; `items` gives [label, run, {danger, group}] when it is opened. */
export function menuButton(label, properties, items) {
  const opener = button(label, { 'aria-haspopup': 'menu', 'aria-expanded': 'false', ...properties }, () => open());
  let menu = null;

  function close(focus) {
    if (menu) {
      menu.remove();
      menu = null;
      opener.setAttribute('aria-expanded', 'false');
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('resize', close);
      if (focus) {
        opener.focus();
      }
    }
  }

  function outside(event) {
    if (!menu.contains(event.target) && !opener.contains(event.target)) {
      close(false);
    }
  }

  function open() {
    if (menu) {
      close(true);
      return;
    }
    menu = el('div', { role: 'menu', class: 'menu', 'aria-label': opener.getAttribute('aria-label') ?? 'Menu' });
    for (const [name, run, { danger, group } = {}] of items()) {
      if (group) {
        menu.append(el('div', { class: 'menu-line', role: 'separator' }));
      }
      const item = el('button', { type: 'button', role: 'menuitem', tabindex: '-1', class: danger ? 'danger-text' : null }, name);
      item.addEventListener('click', () => {
        close(true);
        run();
      });
      menu.append(item);
    }
    menu.addEventListener('keydown', keys);
    opener.after(menu);
    const from = opener.getBoundingClientRect();
    const room = document.documentElement;
    const down = from.bottom + menu.offsetHeight < room.clientHeight;
    menu.style.top = Math.max(4, down ? from.bottom + 4 : from.top - menu.offsetHeight - 4) + 'px';
    menu.style.left = Math.max(4, Math.min(from.left, room.clientWidth - menu.offsetWidth - 8)) + 'px';
    opener.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('resize', close);
    menu.querySelector('[role=menuitem]')?.focus();
  }

  function keys(event) {
    const all = [...menu.querySelectorAll('[role=menuitem]')];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all[(to + all.length) % all.length].focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close(true);
    } else if (event.key.length === 1 && /\S/.test(event.key)) {
      const start = event.key.toLowerCase();
      const next = [...all.slice(at + 1), ...all].find((item) => item.textContent.trim().toLowerCase().startsWith(start));
      next?.focus();
    }
  }

  opener.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' && !menu) {
      event.preventDefault();
      open();
    }
  });
  return opener;
}

/** Says something to those who listen rather than look, without interrupting; in an open dialog it shows as well. */
export function announce(text, { visibly = false } = {}) {
  const open = document.querySelector('dialog[open]');
  const place = open?.news ?? document.getElementById('announcer');
  const line = open?.news ? el('span', { class: visibly ? null : 'spoken' }, text) : el('p', {}, text);
  place.append(line);
  setTimeout(() => line.remove(), visibly && open ? 15_000 : 5000);
}

/** An address or a value to be copied, with its button. */
export function copyButton(label, text) {
  const copy = button(label, { class: 'quiet' }, async () => {
    try {
      await navigator.clipboard.writeText(text());
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'Select and copy it';
    }
    setTimeout(() => (copy.textContent = label), 2000);
  });
  return copy;
}
