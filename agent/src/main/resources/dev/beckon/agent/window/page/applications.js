// The registered applications: inviting with one, registering, unregistering.
import { button, el, foreign, keyed, show } from './dom.js';
import { post } from './agent.js';
import { changed, route, state } from './state.js';
import { announce, confirm, field, form } from './parts.js';
import { plain, titled } from './text.js';
import { invite } from './invite.js';

/** The view. */
export function applications() {
  const list = el('ul', { class: 'tiles', role: 'list' });
  const none = el(
    'p',
    { class: 'empty' },
    'No application is registered on this computer. Register a program that links Beckon, and you can invite contacts to it.',
  );
  const name = field('Name', 'name', { required: true, autocomplete: 'off', placeholder: 'Whiteboard' });
  const path = field('Program', 'path', {
    required: true,
    autocomplete: 'off',
    class: 'mono',
    placeholder: '/opt/whiteboard/run',
    hint: 'Its absolute path; arguments may follow, with "double quotes" around what holds a space.',
  });
  const url = field('Download page', 'url', {
    autocomplete: 'off',
    inputmode: 'url',
    placeholder: 'https://example.org/whiteboard',
    hint: 'Where those you invite can get it; may stay empty.',
  });
  const guid = field('GUID', 'guid', {
    autocomplete: 'off',
    class: 'mono',
    placeholder: '{00000000-0000-0000-0000-000000000000}',
    hint: 'The same on both sides. Its maker says which; without one it gets a new one.',
  });
  const more = el('details', {}, el('summary', {}, 'More'), guid);
  const register = form(
    {
      name: 'Register an application',
      label: 'Register',
      doing: 'Registering…',
      run: async (values) => {
        await post('applications/register', {
          name: values.name.trim(),
          path: values.path.trim(),
          ...(values.url.trim() && { url: values.url.trim() }),
          ...(values.guid.trim() && { guid: values.guid.trim() }),
        });
        register.reset();
        announce(values.name + ' is registered');
        changed();
      },
    },
    name,
    path,
    url,
    more,
  );
  const node = el(
    'div',
    { class: 'view' },
    el('header', { class: 'head' }, el('a', { class: 'back', href: '#/', 'aria-label': 'Back to contacts' }, '‹'), el('h1', { tabindex: '-1' }, 'Applications')),
    el('div', { class: 'view-body' }, none, list, el('section', { class: 'panel', 'aria-labelledby': 'register-title' }, el('h2', { id: 'register-title' }, 'Register an application'), register)),
  );
  node.update = () => {
    show(none, state.applications.length === 0);
    keyed(list, state.applications, (application) => JSON.stringify(application), tile);
  };
  node.shown = () => {
    const wanted = route().of;
    const offered = wanted && state.sessions.find((session) => session.application === wanted && !session.installed);
    if (offered) {
      name.input.value = plain(offered.name);
      guid.input.value = offered.application;
      url.input.value = offered.link ?? '';
      more.open = true;
      path.input.focus();
      return true;
    }
    return false;
  };
  return node;
}

function tile(application) {
  const title = titled(application.name, application.guid);
  const row = (label, value) => value && [el('dt', {}, label), el('dd', { class: 'mono' }, foreign(value))];
  return el(
    'li',
    { class: 'tile' },
    el(
      'article',
      { 'aria-label': title },
      el('h2', {}, foreign(title)),
      el('dl', {}, row('Program', application.path), row('Download page', application.url), row('GUID', application.guid)),
      el(
        'div',
        { class: 'row' },
        button('Invite…', { class: 'primary', 'aria-label': 'Invite to ' + title + '…' }, () => invite({ application })),
        button('Unregister…', { 'aria-label': 'Unregister ' + title + '…' }, () => unregister(application, title)),
      ),
    ),
  );
}

function unregister(application, title) {
  confirm({
    title: 'Unregister this application?',
    text: [foreign(title), ' stays on this computer, but can no longer be invited to or started by Beckon.'],
    label: 'Unregister',
    doing: 'Unregistering…',
    run: () => post('applications/unregister', { guid: application.guid }),
  });
}
