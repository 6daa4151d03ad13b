// What other people write, made harmless to look at, and how times are said.

// Invisible characters that change how others look, or hide; those emoji and scripts need stay as they are.
const HIDDEN = /(?![\u200c\u200d\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu;
const EMPTY = /^[\s\p{Cf}\u115f\u1160\u3164\u2800]*$/u;
const ALLOWED_IN_LINES = /[\n\t\u200e\u200f\u061c\u00ad]/;

function visible(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) {
    return String.fromCodePoint(0x2400 + code);
  }
  return '⟨U+' + code.toString(16).toUpperCase().padStart(4, '0') + '⟩';
}

/** One line of foreign text: a name, an address, a link. What is invisible is shown by its number. */
export function plain(text) {
  return String(text ?? '').replace(HIDDEN, visible);
}

/** Foreign text of several lines: the same, but for line ends, tabs and the marks right-to-left writing needs. */
export function lines(text) {
  return String(text ?? '')
    .replace(/\r\n?/g, '\n')
    .replace(HIDDEN, (character) => (ALLOWED_IN_LINES.test(character) ? character : visible(character)));
}

/** What the agent says of a problem, as a sentence. */
export function sentence(text) {
  const said = plain(text).trim();
  return said && said[0].toUpperCase() + said.slice(1) + (/[.!?…]$/.test(said) ? '' : '.');
}

/** How a contact is called: by name where it shows anything, else by address. */
export function called(contact) {
  return plain(EMPTY.test(contact.name ?? '') ? contact.address : contact.name);
}

/** The name of an application, or what stands for one. */
export function titled(name, guid) {
  return plain(EMPTY.test(name ?? '') ? guid || 'an application' : name);
}

/** For texts that are not laid out by the page (title, notification): isolated, and not longer than needed. */
export function isolated(text, most = 80) {
  const characters = [...text];
  return '\u2068' + (characters.length > most ? characters.slice(0, most - 1).join('') + '…' : text) + '\u2069';
}

const LETTERS = new Intl.Segmenter();

/** The first visible letter, for the disc beside a name. */
export function initial(text) {
  const first = LETTERS.segment(text.trim())[Symbol.iterator]().next();
  return first.done ? '?' : [...first.value.segment].slice(0, 8).join('').toUpperCase();
}

/** Characters as the agent counts them. */
export function characters(text) {
  return [...text].length;
}

/** Bytes as they travel. */
export function bytes(text) {
  return new TextEncoder().encode(text).length;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const SECONDS = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const SHORT_DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

function daysAgo(date) {
  const midnight = (any) => new Date(any.getFullYear(), any.getMonth(), any.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
}

export function clock(when) {
  return CLOCK.format(new Date(when));
}

export function clockWithSeconds(when) {
  return SECONDS.format(new Date(when));
}

/** The time, with the day where it is not today. */
export function moment(when) {
  const date = new Date(when);
  const ago = daysAgo(date);
  if (ago === 0) {
    return CLOCK.format(date);
  }
  return (ago === 1 ? 'yesterday' : SHORT_DATE.format(date)) + ' ' + CLOCK.format(date);
}

export function day(when) {
  const date = new Date(when);
  const ago = daysAgo(date);
  return ago === 0 ? 'Today' : ago === 1 ? 'Yesterday' : DATE.format(date);
}

export function inFull(when) {
  return FULL.format(new Date(when));
}

/** What is left of a time, as 1:05. */
export function left(until) {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1000));
  return Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
}
