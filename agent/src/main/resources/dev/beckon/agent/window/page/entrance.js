// What stands in place of the window: starting, locked, not reachable, signing in.
import { attribute, button, el, foreign, say, show } from './dom.js';
import { post } from './agent.js';
import { changed, state } from './state.js';
import { checkbox, copyButton, field, form, fresh, password, problemBox, act } from './parts.js';
import { plain } from './text.js';

const MOST_CERTIFICATE = 48 * 1024;

function logo() {
  return el('img', { src: '/icon.svg', alt: '' });
}

/** The locked page, 401: only the command gets one in. */
export function locked() {
  const command = el('code', {}, 'beckon open');
  return el(
    'main',
    { class: 'sheet' },
    logo(),
    el('h1', {}, 'This page is locked'),
    el('p', {}, 'It was opened without its key, or Beckon was started anew since.'),
    el('p', {}, 'To open it, run in a terminal:'),
    el('p', { class: 'command' }, command, copyButton('Copy', () => command.textContent)),
    el('p', { class: 'hint' }, 'This page opens by itself as soon as that has been done in this browser.'),
  );
}

/** The agent has not answered yet, or not at all: what stands in the page from the beginning. */
export function starting() {
  const node = document.getElementById('starting');
  node.update = () => {
    if (state.link === 'lost') {
      say(node.querySelector('p'), 'Beckon’s agent on this computer does not answer. Start it with “beckon open”.');
    }
  };
  return node;
}

/** Sign in, join a service, or start one here. */
export function signIn() {
  const join = joinForm();
  const here = hereForm();
  const problem = problemBox();
  const busy = el('p', { class: 'busy', role: 'status' });
  const group = fresh('way');
  const way = (value, label, hint, panel, checked) => {
    const input = el('input', { type: 'radio', name: group, value, checked, onchange: choose });
    const node = el('label', { class: 'way' }, input, el('span', {}, el('strong', {}, label), el('span', { class: 'hint' }, hint)));
    node.input = input;
    node.panel = panel;
    return node;
  };
  const ways = [
    way('join', 'Join a service', 'You have an address, like you@example.org', join, true),
    way('here', 'Start a service on this computer', 'Nothing to set up; others can sign in to it', here, false),
  ];
  const choice = el('fieldset', { class: 'ways' }, el('legend', { class: 'spoken' }, 'How to begin'), ways);
  const title = el('h1', { id: 'sign-in-title', tabindex: '-1' });
  const lead = el('p', { class: 'lead' }, 'Invite a person into your application.');
  const again = el('div', { class: 'again' });
  const node = el('section', { class: 'sheet', 'aria-labelledby': 'sign-in-title' }, logo(), title, lead, again, choice, problem, join, here, busy);

  function choose() {
    ways.forEach((each) => show(each.panel, each.input.checked));
  }

  choose();
  let filled = null;
  node.update = () => {
    const { remembered, busy: working, problem: said, embedded } = state.account;
    const known = JSON.stringify([remembered, embedded]);
    if (known !== filled) {
      filled = known;
      join.fill(remembered, embedded);
      again.replaceChildren(...(remembered?.stay ? [quickly(remembered)] : []));
    }
    say(title, remembered ? 'Sign in' : 'Welcome to Beckon');
    show(lead, !remembered);
    const startsHere = !embedded;
    show(choice, startsHere);
    if (!startsHere && !ways[0].input.checked) {
      ways[0].input.checked = true;
      choose();
    }
    if (said && join.box.hidden && here.box.hidden) {
      problem.tell(said);
    } else {
      problem.clear();
    }
    say(busy, working ? (here.hidden ? 'Signing in…' : 'Starting the service and signing in…') : '');
    for (const each of [join, here]) {
      attribute(each, 'aria-busy', working ? 'true' : null);
      each.submitButton.disabled = working;
    }
  };
  return node;

  function quickly(remembered) {
    const box = problemBox();
    const press = button(el('span', {}, 'Sign in as ', foreign(remembered.user)), { class: 'primary wide' }, () =>
      act(press, box, null, async () => {
        try {
          await post('sign-in/again');
        } catch (refused) {
          if (refused.status === 409) {
            join.secret.focus();
          }
          throw refused;
        }
      }),
    );
    return el('div', {}, press, box, el('p', { class: 'or' }, 'or with a password'));
  }
}

function stayBox(properties) {
  return checkbox('Stay signed in', 'stay', {
    hint: 'Keeps the password on this computer, readable by you alone, and signs in by itself from now on.',
    ...properties,
  });
}

function joinForm() {
  const user = field('Address', 'user', {
    required: true,
    placeholder: 'you@example.org',
    autocomplete: 'username',
    inputmode: 'email',
    maxlength: 129,
  });
  const secret = password('Password', 'password', { autocomplete: 'current-password' });
  const stay = stayBox({});
  const server = field('Server', 'server', {
    placeholder: 'host.example.org:5222',
    hint: 'Only where it is not found by the address: host, or host:port.',
  });
  const certificate = field('Certificate', 'certificate', {
    rows: 4,
    class: 'mono',
    placeholder: '-----BEGIN CERTIFICATE-----',
    hint: 'Only where no authority signed it: the PEM text that the operator of the service gave you.',
  });
  const fileId = fresh('field');
  const file = el('input', {
    type: 'file',
    id: fileId,
    accept: '.pem,.crt,.cer',
    onchange: async () => {
      const [chosen] = file.files;
      if (chosen && chosen.size <= MOST_CERTIFICATE) {
        certificate.input.value = await chosen.text();
      } else if (chosen) {
        node.box.tell({ problem: 'The file is too large to be a certificate.', remedy: 'Choose the PEM file.' });
      }
    },
  });
  const more = el(
    'details',
    {},
    el('summary', {}, 'More'),
    server,
    certificate,
    el('div', { class: 'field' }, el('label', { for: fileId }, 'or from a file'), file),
  );
  const node = form(
    {
      name: 'Join a service',
      label: 'Sign in',
      doing: 'Signing in…',
      run: async (values) => {
        const [host, port] = hostAndPort(values.server.trim());
        await post('sign-in', {
          user: values.user.trim(),
          password: values.password,
          ...(host && { host }),
          ...(port && { port }),
          ...(values.certificate.trim() && { certificate: values.certificate }),
          stay: values.stay === 'on',
        });
        secret.input.value = '';
        changed();
      },
    },
    user,
    secret,
    stay,
    more,
  );
  node.secret = secret.input;
  node.fill = (remembered, embedded) => {
    if (embedded) {
      user.input.placeholder = 'you@' + plain(embedded.domain);
      server.input.value = joined(embedded.host, embedded.port);
    }
    if (remembered) {
      user.input.value = remembered.user ?? '';
      stay.input.checked = remembered.stay === true;
      server.input.value = remembered.host ? joined(remembered.host, remembered.port) : '';
    }
    if (embedded && server.input.value === joined(embedded.host, embedded.port)) {
      certificate.input.value = embedded.certificate ?? '';
    }
  };
  return node;
}

function joined(host, port) {
  const shown = host.includes(':') ? '[' + host + ']' : host;
  return port ? shown + ':' + port : shown;
}

function hostAndPort(server) {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(.*))?$/.exec(server);
  if (server === '') {
    return [];
  }
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!match || (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))) {
    throw Object.assign(new Error(), {
      problem: 'The server “' + plain(server) + '” cannot be read.',
      remedy: 'Write host or host:port, with a port from 1 to 65535; an IPv6 address in [brackets].',
    });
  }
  return [match[1] ?? match[2], port];
}

function hereForm() {
  const name = field('Your name', 'name', {
    required: true,
    placeholder: 'alice',
    autocomplete: 'username',
    maxlength: 64,
    hint: 'What stands before the @ of your address.',
  });
  const secret = password('Password', 'password', {
    autocomplete: 'new-password',
    hint: 'For this account; choose one you use nowhere else.',
  });
  const stay = stayBox({ checked: true });
  return form(
    {
      name: 'Start a service on this computer',
      label: 'Start and sign in',
      doing: 'Starting…',
      run: async (values) => {
        await post('service/start', { name: values.name.trim(), password: values.password, stay: values.stay === 'on' });
        secret.input.value = '';
        changed();
      },
    },
    name,
    secret,
    stay,
  );
}
