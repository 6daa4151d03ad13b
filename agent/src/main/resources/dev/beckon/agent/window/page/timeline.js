// A session as it goes on: who invited to what, each step with its time, why it failed, what can be done.
import { attribute, button, el, foreign, foreignLines, keyed, say, show, spoken, time } from './dom.js';
import { post } from './agent.js';
import { go, isFinal, state } from './state.js';
import { act, confirm, problemBox } from './parts.js';
import { called, clockWithSeconds, left, sentence, titled } from './text.js';
import { STEPS, hasFailed, standing, stepsAhead } from './words.js';
import { invite } from './invite.js';

/** The element of a session's entry; `contact` gives the contact as it is now. */
export function session(first, contact) {
  const subject = foreign('', 'strong');
  const heading = el('p', { class: 'session-title' });
  const standingText = el('span', { class: 'pill' });
  const remaining = el('span', { class: 'hint', role: 'timer' });
  const words = el('blockquote', { hidden: true });
  const answered = el('blockquote', { hidden: true });
  const steps = el('ol', { class: 'steps', 'aria-label': 'Progress' });
  const why = el('div', { class: 'problem', hidden: true });
  const download = el('p', { class: 'link', hidden: true });
  const box = problemBox();
  const actions = el('div', { class: 'row' });
  const article = el(
    'article',
    {},
    el('div', { class: 'session-head' }, heading, el('span', { class: 'session-standing' }, standingText, remaining)),
    words,
    steps,
    answered,
    why,
    download,
    box,
    actions,
  );
  const node = el('li', { class: 'session' }, article);
  let entry = first;
  let titleFor = '';

  const cancel = button('Cancel invitation', { class: 'small' }, () =>
    act(cancel, box, 'Cancelling…', () => post('sessions/cancel', { id: entry.id })),
  );
  const end = button('End session', { class: 'small' }, () =>
    confirm({
      title: 'End this session?',
      text: ['The connection to ', foreign(called(contact())), ' ends on both sides; the applications may keep running.'],
      label: 'End session',
      doing: 'Ending…',
      run: () => post('sessions/cancel', { id: entry.id }),
    }),
  );
  const open = button('Open download page', { class: 'small' }, () =>
    act(open, box, 'Opening…', () => post('download', { id: entry.id })),
  );
  const register = button('Register it…', { class: 'small' }, () => go('applications', entry.application));
  const again = button('Invite again…', { class: 'small' }, () =>
    invite({ contact: contact(), application: { guid: entry.application, name: entry.name } }),
  );
  const answer = button('Answer it', { class: 'small' }, () =>
    document.querySelector('#invitations h2')?.focus(),
  );
  actions.append(answer, cancel, open, register, end, again);

  node.update = (now) => {
    node.entry = now;
    const live = state.sessions.find((each) => each.id === now.id);
    entry = live ? { ...now, ...live } : now;
    const title = titled(entry.name, entry.application);
    const inviter = entry.role === 'INVITER';
    const who = called(contact());
    const headline = [inviter, title, who].join('\n');
    if (headline !== titleFor) {
      titleFor = headline;
      say(subject, title);
      heading.replaceChildren(
        ...(inviter ? ['You invited ', foreign(who), ' to '] : [foreign(who), ' invited you to ']),
        subject,
      );
      attribute(article, 'aria-label', 'Session: ' + title);
    }
    const over = isFinal(entry);
    const missing = !over && entry.step === 'APP_MISSING';
    say(standingText, standing(entry));
    attribute(standingText, 'data-kind', over ? (hasFailed(entry) ? 'bad' : 'over') : entry.state === 'CONNECTED' ? 'good' : 'live');
    attribute(remaining, 'data-until', !over && entry.state === 'INVITATION' ? entry.expires : null);
    say(remaining, remaining.dataset.until ? left(entry.expires) + ' left' : '');
    quote(words, entry.text);
    quote(answered, entry.answer, el('p', { class: 'hint' }, foreign(who), ' answered'));
    drawSteps(entry, over);
    show(why, Boolean(entry.problem) || missing);
    if (entry.problem) {
      why.replaceChildren(
        el('p', { class: 'problem-line' }, foreign(sentence(entry.problem))),
        ...(entry.remedy ? [el('p', {}, foreign(sentence(entry.remedy)))] : []),
      );
      why.className = hasFailed(entry) ? 'problem' : 'outcome';
    } else if (missing) {
      why.className = 'problem mild';
      why.replaceChildren(
        inviter
          ? el('p', {}, foreign(who), ' does not have ', foreign(title), ' yet and is getting it. It starts once it is installed there.')
          : el('p', {}, foreign(title), ' is not installed here. Install it, then register it: it starts by itself after that.'),
      );
    }
    show(download, missing && !inviter && Boolean(entry.url));
    if (!download.hidden) {
      download.replaceChildren(foreign(entry.url));
    }
    show(answer, Boolean(entry.toAnswer));
    show(cancel, inviter && entry.state === 'INVITATION' && Boolean(live));
    show(end, ['ACCEPTED', 'CONNECTED'].includes(entry.state) && Boolean(live));
    show(open, missing && !inviter && Boolean(entry.link));
    show(register, missing && !inviter);
    show(again, over && inviter && standing(entry) !== 'Ended' && !contact().blocked);
    show(actions, [...actions.children].some((each) => !each.hidden));
  };

  function quote(place, text, ...before) {
    show(place, Boolean(text));
    if (text && place.said !== text) {
      place.said = text;
      place.replaceChildren(...before, foreignLines(text));
    }
  }

  function drawSteps(now, over) {
    const taken = now.steps.map((each, index) => ({ ...each, key: index + each.step }));
    const ahead = over ? [] : stepsAhead(now).map((step) => ({ step, key: 'ahead' + step }));
    keyed(
      steps,
      [...taken, ...ahead],
      (each) => each.key,
      (each) => {
        const ended = each.step === 'ENDED';
        const label = el('span', {}, STEPS[each.step] ?? each.step);
        const item = el(
          'li',
          { class: each.when ? 'taken' : 'ahead', 'aria-hidden': each.when ? null : 'true', 'data-step': each.step },
          label,
          each.when && spoken(' at '),
          each.when && time(each.when, clockWithSeconds),
        );
        item.update = () => {
          if (ended) {
            say(label, standing(now));
            attribute(item, 'data-kind', hasFailed(now) ? 'bad' : null);
          }
        };
        return item;
      },
    );
  }

  return node;
}
