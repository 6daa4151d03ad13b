// Building and keeping the page's elements. Text only ever enters as text.
import { inFull, lines, plain } from './text.js';

/** An element; properties that start with "on" are listeners, the others attributes (absent where null or false). */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') {
      node.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function button(label, properties, run) {
  return el('button', { type: 'button', ...properties, onclick: run }, label);
}

/** Foreign text of one line, kept apart from the direction of what stands around it. */
export function foreign(text, className) {
  return el('bdi', { dir: 'auto', class: className }, plain(text));
}

/** Foreign text of several lines. */
export function foreignLines(text, className) {
  return el('bdi', { dir: 'auto', class: ['lines', className].filter(Boolean).join(' ') }, lines(text));
}

export function time(when, says) {
  return el('time', { datetime: when, title: inFull(when) }, says(when));
}

export function spoken(text) {
  return el('span', { class: 'spoken' }, text);
}

/** Sets a text only where it differs, so that nothing is announced or selected away without need. */
export function say(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function show(node, shown) {
  node.hidden = !shown;
}

export function attribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
}

/**
 * Makes the children of a parent those of the items, in their order. A child stays the same element as long as its key
 * does, so focus, selection and typed text stay; it is told of its item by its `update`.
 */
export function keyed(parent, items, keyOf, make) {
  const known = (parent.keyed ??= new Map());
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of known) {
    if (!wanted.has(key)) {
      known.delete(key);
      node.remove();
    }
  }
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = known.get(key);
    if (!node) {
      node = make(item);
      known.set(key, node);
    }
    node.update?.(item);
    if (node === place) {
      place = place.nextSibling;
    } else {
      parent.insertBefore(node, place);
    }
  }
  if (focused && focused.isConnected && document.activeElement !== focused) {
    focused.focus({ preventScroll: true });
  }
}

/** Foreign text that may be long: a few lines of it, and a button for the rest. */
export function folded(text, rows = 3) {
  const more = button('Show all', { class: 'quiet small', 'aria-expanded': 'false' }, () => {
    const open = text.classList.toggle('folded');
    more.textContent = open ? 'Show all' : 'Show less';
    more.setAttribute('aria-expanded', String(!open));
  });
  more.hidden = true;
  text.classList.add('folded');
  text.style.setProperty('--rows', rows);
  new ResizeObserver(() => {
    if (text.classList.contains('folded')) {
      more.hidden = text.scrollHeight <= text.clientHeight + 2;
    }
  }).observe(text);
  return el('div', { class: 'fold' }, text, more);
}

/** The disc with a letter that stands for a person, and the sign of their status. */
export function disc(letter, seed) {
  let hue = 0;
  for (const character of seed) {
    hue = (hue * 31 + character.codePointAt(0)) % 6;
  }
  const status = el('span', { class: 'dot' });
  const node = el('span', { class: 'disc hue' + hue, 'aria-hidden': 'true' }, el('span', {}, letter), status);
  node.status = (value) => attribute(status, 'data-status', value);
  return node;
}
