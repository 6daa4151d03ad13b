// Missed invitations, and the settings: notifications, the service on this computer, problems.
import { attribute, button, el, foreign, keyed, say, show, time } from './dom.js';
import { post } from './agent.js';
import { changed, contactOf, go, state } from './state.js';
import { announce, copyButton, field, form, password } from './parts.js';
import { called, moment, plain, sentence, titled } from './text.js';
import { invite } from './invite.js';

function view(title, ...body) {
  return el(
    'div',
    { class: 'view' },
    el('header', { class: 'head' }, el('a', { class: 'back', href: '#/', 'aria-label': 'Back to contacts' }, '‹'), el('h1', { tabindex: '-1' }, title)),
    el('div', { class: 'view-body' }, body),
  );
}

/** Invitations that did not ring or were not answered. */
export function missed() {
  const none = el('p', { class: 'empty' }, 'No invitation was missed.');
  const list = el('ul', { class: 'tiles', role: 'list' });
  const node = view('Missed invitations', none, list);
  node.update = () => {
    const newest = [...state.missed].sort((one, other) => Date.parse(other.when) - Date.parse(one.when));
    show(none, newest.length === 0);
    keyed(list, newest, (each) => each.id + each.when, (each) => {
      const contact = contactOf(each.from);
      const title = titled(each.name, each.application);
      const registered = state.applications.find((application) => application.guid === each.application);
      return el(
        'li',
        { class: 'tile' },
        el('p', {}, foreign(called(contact), 'strong'), ' invited you to ', foreign(title, 'strong')),
        el('p', { class: 'hint' }, foreign(each.from, 'address'), ' · ', time(each.when, moment), ' · ', foreign(each.reason)),
        el(
          'div',
          { class: 'row' },
          button('Message', { class: 'small' }, () => go('with', each.from)),
          registered && button('Invite back…', { class: 'small' }, () => invite({ contact: contactOf(each.from), application: registered })),
        ),
      );
    });
  };
  return node;
}

/** The settings. */
export function settings() {
  const problems = el('section', { class: 'panel alarmed', 'aria-labelledby': 'problems-title' }, el('h2', { id: 'problems-title' }, 'Problems'));
  const problemList = el('ul', {});
  problems.append(problemList);

  const told = el('p', {});
  const allow = button('Allow notifications', {}, async () => {
    await Notification.requestPermission();
    changed();
  });
  const notifications = el('section', { class: 'panel', 'aria-labelledby': 'notify-title' }, el('h2', { id: 'notify-title' }, 'Notifications'), told, allow);

  const account = el('section', { class: 'panel', 'aria-labelledby': 'account-title' }, el('h2', { id: 'account-title' }, 'Account'));
  const accountText = el('p', {});
  account.append(accountText);

  const service = embedded();
  const node = view('Settings', problems, account, notifications, service);
  node.update = () => {
    show(problems, state.problems.length > 0);
    keyed(problemList, state.problems.map(sentence), (text) => text, (text) => el('li', {}, foreign(text)));
    const remembered = state.account?.remembered;
    accountText.replaceChildren(
      'Signed in as ',
      foreign(state.account?.user ?? ''),
      remembered?.host ? ', by the server ' : '',
      remembered?.host ? foreign(remembered.host + (remembered.port ? ' port ' + remembered.port : '')) : '',
      remembered?.stay ? '. Stays signed in: the password is kept on this computer, readable by you alone.' : '. The password is not kept.',
    );
    const permission = 'Notification' in window ? Notification.permission : 'absent';
    say(
      told,
      {
        granted: 'While this page is in the background, your browser tells you of invitations and messages.',
        denied: 'Your browser does not allow this page to notify you. It can be allowed in the browser’s settings for this page.',
        absent: 'This browser has no notifications.',
      }[permission] ?? 'Be told of invitations and messages while this page is in the background.',
    );
    show(allow, permission === 'default');
    service.update();
  };
  return node;
}

function embedded() {
  const state_ = el('p', {});
  const people = el('ul', { class: 'people', 'aria-label': 'Accounts' });
  const add = form(
    {
      name: 'Add a person',
      label: 'Add person',
      doing: 'Adding…',
      run: async (values) => {
        await post('service/people', { name: values.name.trim(), password: values.password });
        add.reset();
        announce(values.name + ' has an account now');
      },
    },
    field('Name', 'name', { required: true, autocomplete: 'off', maxlength: 64 }),
    password('Password', 'password', { autocomplete: 'new-password', hint: 'They need it to sign in; tell them in person.' }),
  );
  const how = el('dl', {});
  const certificate = el('textarea', { readonly: true, rows: '6', class: 'mono', 'aria-label': 'Certificate' });
  const reach = el('p', { class: 'hint' });
  const node = el(
    'section',
    { class: 'panel', 'aria-labelledby': 'service-title' },
    el('h2', { id: 'service-title' }, 'The service on this computer'),
    state_,
    el('h3', {}, 'People'),
    people,
    el('details', {}, el('summary', {}, 'Add a person'), add),
    el('h3', {}, 'How others sign in'),
    how,
    el('div', { class: 'with-button' }, certificate, copyButton('Copy certificate', () => certificate.value)),
    reach,
  );
  node.update = () => {
    const now = state.account?.embedded;
    show(node, Boolean(now));
    if (!now) {
      return;
    }
    say(state_, (now.running ? 'Runs as ' : 'Does not run: ') + plain(now.domain));
    keyed(people, now.people, (name) => name, (name) => el('li', {}, foreign(name + '@' + now.domain)));
    keyed(
      how,
      [
        ['Address', 'name@' + now.domain],
        ['Server', (now.host.includes(':') ? '[' + now.host + ']' : now.host) + ':' + now.port],
      ],
      ([label, value]) => label + value,
      ([label, value]) => el('div', {}, el('dt', {}, label), el('dd', { class: 'mono' }, foreign(value))),
    );
    if (certificate.value !== now.certificate) {
      certificate.value = now.certificate ?? '';
    }
    const loopback = /^(127\.|localhost$|::1$)/.test(now.host);
    say(
      reach,
      loopback
        ? 'They enter these under “More” when they sign in, with the certificate. This address can be reached from this computer alone.'
        : 'They enter these under “More” when they sign in, with the certificate.',
    );
    attribute(node, 'data-running', now.running);
  };
  return node;
}
