// The way to the agent: actions as POST, what changes as a stream of events.

const KEY = 'beckon.key';
const SILENCE = 25_000;
const LONGEST_WAIT = 10_000;
const SEATS = 4;

/** What went wrong and what to do, as the agent said it. */
export class Refused extends Error {
  constructor(status, { code, problem, remedy } = {}) {
    super(problem);
    this.status = status;
    this.code = code ?? null;
    this.problem = problem || 'The agent refused this (HTTP ' + status + ').';
    this.remedy = remedy ?? '';
  }
}

let whenLocked = () => {};

function headers(more) {
  return { 'X-Beckon-Key': localStorage.getItem(KEY) ?? '', ...more };
}

async function refusal(response) {
  const said = await response.json().catch(() => ({}));
  const refused = new Refused(response.status, said);
  if (response.status === 401) {
    whenLocked();
  }
  return refused;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: 'no-store', ...options });
  } catch {
    throw new Refused(0, {
      problem: 'Beckon’s agent on this computer does not answer, so it is not known whether this was done.',
      remedy: 'Look whether it was done once the page is connected again, before you try again.',
    });
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response.json().catch(() => ({}));
}

export function post(path, body = {}) {
  return ask('/api/' + path, {
    method: 'POST',
    headers: headers({ 'Content-Type': 'application/json' }),
    body: JSON.stringify(body),
  });
}

export function read(path) {
  return ask('/api/' + path, { headers: headers() });
}

/**
 * Hears the agent's events for as long as the page lives: `event(name, data)`, `live()` once everything has come,
 * `lost(since)` when the stream is, `resting()` where newer pages took its place, `locked()` where it has no right to it.
 */
export async function listen(page) {
  whenLocked = page.locked;
  while (!(await seated((left) => listenSeated(page, left)))) {
    page.resting();
    await pause();
  }
}

/**
 * A browser opens six connections to an address and no more, and a page that listens holds one: so only so many pages do,
 * and the next one takes the place of another, which rests. False where this page's place was taken.
 */
async function seated(work) {
  if (!navigator.locks) {
    await work(new AbortController().signal);
    return true;
  }
  const left = new AbortController();
  const sit = (seat, how) => navigator.locks.request('beckon.seat.' + seat, how, (lock) => (lock ? work(left.signal) : 'taken'));
  try {
    for (let seat = 0; seat < SEATS; seat++) {
      if ((await sit(seat, { ifAvailable: true })) !== 'taken') {
        return true;
      }
    }
    const next = Number(localStorage.getItem('beckon.seat') ?? 0) % SEATS;
    localStorage.setItem('beckon.seat', next + 1);
    await sit(next, { steal: true });
    return true;
  } catch (problem) {
    left.abort();
    if (problem.name !== 'AbortError') {
      throw problem;
    }
    return false;
  }
}

async function listenSeated(page, left) {
  let wait = 500;
  let since = null;
  while (!left.aborted) {
    const end = new AbortController();
    const leave = () => end.abort();
    left.addEventListener('abort', leave);
    try {
      await stream(end, (name, data) => {
        if (name === 'ready') {
          wait = 500;
          since = null;
          page.live();
        } else {
          page.event(name, data);
        }
      });
    } catch (problem) {
      if (problem.status === 401) {
        return;
      }
    }
    left.removeEventListener('abort', leave);
    if (!left.aborted) {
      since ??= new Date().toISOString();
      page.lost(since);
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

let hurry = () => {};

/** Tries again at once. */
export function tryNow() {
  hurry();
}

function pause(milliseconds) {
  return new Promise((done) => {
    hurry = done;
    if (milliseconds) {
      setTimeout(done, milliseconds);
    }
  });
}

async function stream(end, dispatch) {
  let silence;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => end.abort(), SILENCE);
  };
  heard();
  try {
    const response = await fetch('/api/events', { headers: headers(), cache: 'no-store', signal: end.signal });
    if (!response.ok) {
      throw await refusal(response);
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    let name = 'message';
    let data = [];
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      heard();
      const rows = (rest + value).split('\n');
      rest = rows.pop();
      for (const row of rows.map((each) => each.replace(/\r$/, ''))) {
        if (row === '') {
          if (name === 'ready' || data.length > 0) {
            dispatch(name, data.length > 0 ? JSON.parse(data.join('\n')) : null);
          }
          name = 'message';
          data = [];
        } else if (row.startsWith('event:')) {
          name = row.slice(6).trim();
        } else if (row.startsWith('data:')) {
          data.push(row.slice(row[5] === ' ' ? 6 : 5));
        }
      }
    }
  } finally {
    clearTimeout(silence);
    end.abort();
  }
}
