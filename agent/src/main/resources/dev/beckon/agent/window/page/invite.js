// Inviting, and what can be done with a contact.
import { button, disc, el, foreign, keyed, say, show } from './dom.js';
import { post } from './agent.js';
import { go, state } from './state.js';
import { announce, confirm, dialog, field, form, fresh } from './parts.js';
import { bytes, called, initial, plain, titled } from './text.js';
import { STATUSES, isHere } from './words.js';

const MOST_TEXT = 512;

/** The menu of a contact. */
export function contactActions(contact) {
  const items = [['Message', () => go('with', contact.address)]];
  if (!contact.blocked) {
    for (const application of state.applications.slice(0, 8)) {
      items.push([
        inviteTo(application),
        () => invite({ contact, application }),
        { group: items.length === 1 },
      ]);
    }
    if (state.applications.length > 8) {
      items.push(['Invite to another application…', () => invite({ contact })]);
    }
  }
  const others = [];
  if (!contact.listed) {
    others.push(['Add to contacts…', () => addContact(contact.address)]);
  }
  others.push(contact.blocked ? ['Unblock', () => unblock(contact)] : ['Block…', () => block(contact), { danger: true }]);
  if (contact.listed) {
    others.push(['Remove…', () => remove(contact), { danger: true }]);
  }
  others[0][2] = { ...others[0][2], group: true };
  return [...items, ...others];
}

function inviteTo(application) {
  return el('span', { class: 'cut' }, 'Invite to ', foreign(titled(application.name, application.guid)));
}

function block(contact) {
  confirm({
    title: 'Block this contact?',
    text: ['Nothing of ', foreign(contact.address), ' will get through: no messages, no invitations. You can unblock at any time.'],
    label: 'Block',
    doing: 'Blocking…',
    run: () => post('contacts/block', { contact: contact.address, blocked: true }),
  });
}

function unblock(contact) {
  confirm({
    title: 'Unblock this contact?',
    text: ['Messages and invitations of ', foreign(contact.address), ' will get through again.'],
    label: 'Unblock',
    doing: 'Unblocking…',
    danger: false,
    run: () => post('contacts/block', { contact: contact.address, blocked: false }),
  });
}

function remove(contact) {
  confirm({
    title: 'Remove this contact?',
    text: [foreign(contact.address), ' leaves your contact list, and you no longer see each other’s status.'],
    label: 'Remove',
    doing: 'Removing…',
    run: () => post('contacts/remove', { contact: contact.address }),
  });
}

export function addContact(address = '') {
  const opened = dialog('Add a contact', (close) =>
    form(
      {
        name: 'Add a contact',
        label: 'Add',
        doing: 'Adding…',
        extra: [button('Cancel', {}, close)],
        run: async (values) => {
          const contact = values.contact.trim();
          const name = values.name.trim();
          await post('contacts/add', { contact, ...(name && { name }) });
          close();
          announce(contact + ' has been asked');
        },
      },
      field('Address', 'contact', {
        required: true,
        placeholder: 'bob@example.org',
        inputmode: 'email',
        autocomplete: 'off',
        maxlength: 129,
        value: address,
        hint: 'They are asked; you see each other’s status once they agree.',
      }),
      field('Name', 'name', { autocomplete: 'off', hint: 'What you call them; may stay empty.' }),
    ),
  );
  opened.querySelector('input').focus();
}

/** The invitation: to whom, to what, with which words. What is given is not asked for. */
export function invite({ contact, application }) {
  if (state.applications.length === 0) {
    dialog('No application yet', (close) => [
      el('p', {}, 'To invite somebody, register an application first: a program on this computer that Beckon may start.'),
      el(
        'div',
        { class: 'row end' },
        button('Cancel', {}, close),
        button('Register one', { class: 'primary' }, () => {
          close();
          go('applications');
        }),
      ),
    ]);
    return;
  }
  const title = el('span', {}, 'Invite');
  if (contact) {
    title.append(' ', foreign(called(contact)));
  }
  if (application) {
    title.append(' to ', foreign(titled(application.name, application.guid)));
  }
  const parts = [];
  if (!application) {
    parts.push(applicationPicker(contact));
  }
  if (!contact) {
    parts.push(contactPicker(application));
  }
  if (contact && application) {
    parts.push(el('p', { class: 'hint' }, knowledge(contact, application.guid)));
  }
  const text = field('A line to go along', 'text', { autocomplete: 'off', hint: 'They read it before they answer; may stay empty.' });
  const over = el('p', { class: 'problem-line', role: 'status', hidden: true });
  text.append(over);
  text.input.addEventListener('input', () => {
    const count = bytes(text.input.value);
    show(over, count > MOST_TEXT);
    say(over, count > MOST_TEXT ? 'Too long by ' + (count - MOST_TEXT) + ' bytes; at most ' + MOST_TEXT + ' go along.' : '');
  });
  const opened = dialog(title, (close) =>
    form(
      {
        name: 'Invitation',
        label: 'Invite',
        doing: 'Inviting…',
        extra: [button('Cancel', {}, close)],
        run: async (values) => {
          const to = contact?.address ?? values.contact;
          const guid = application?.guid ?? values.application;
          if (!to || !guid) {
            throw Object.assign(new Error(), {
              problem: to ? 'No application is chosen.' : 'Nobody is chosen.',
              remedy: 'Choose above.',
            });
          }
          if (bytes(values.text) > MOST_TEXT) {
            throw Object.assign(new Error(), { problem: 'The line is too long.', remedy: 'Shorten it.' });
          }
          await post('invite', { contact: to, application: guid, ...(values.text.trim() && { text: values.text }) });
          close();
          go('with', to);
        },
      },
      ...parts,
      text,
    ),
  );
  (opened.querySelector('input[type=search], input[type=radio]:checked, input[type=radio]') ?? text.input).focus();
}

function knowledge(contact, guid) {
  const has = contact.apps?.[guid];
  return has === true
    ? 'Has it installed.'
    : has === false
     ? 'Does not have it yet; the invitation shows where to get it.'
     : 'Not known whether it is installed there.';
}

function shortly(has) {
  return has === true ? 'has it' : has === false ? 'does not have it' : 'not known whether installed';
}

function applicationPicker(contact) {
  const options = state.applications.map((application, index) =>
    el(
      'label',
      { class: 'pick' },
      el('input', { type: 'radio', name: 'application', value: application.guid, checked: index === 0 }),
      el(
        'span',
        { class: 'pick-text' },
        foreign(titled(application.name, application.guid), 'name'),
        contact && el('span', { class: 'hint' }, knowledge(contact, application.guid)),
      ),
    ),
  );
  return el('fieldset', { class: 'picks' }, el('legend', {}, 'To which application'), options);
}

function contactPicker(application) {
  const rank = (contact) => (isHere(contact) ? 0 : 2) - (contact.apps?.[application?.guid] === true ? 1 : 0);
  const all = state.contacts
    .filter((contact) => !contact.blocked)
    .sort((one, other) => rank(one) - rank(other) || called(one).localeCompare(called(other)));
  if (all.length === 0) {
    return el('p', {}, 'There is nobody in your contact list yet. Add a contact first.');
  }
  const list = el('div', { class: 'pick-list' });
  const group = fresh('legend');
  const draw = (sought) => {
    const chosen = list.querySelector('input:checked')?.value;
    keyed(
      list,
      all.filter((contact) => contact.address === chosen || matches(contact, sought)),
      (contact) => contact.address,
      (contact) => {
        const mark = disc(initial(called(contact)), contact.address);
        mark.status(contact.status);
        return el(
          'label',
          { class: 'pick' },
          el('input', { type: 'radio', name: 'contact', value: contact.address }),
          mark,
          el(
            'span',
            { class: 'pick-text' },
            foreign(called(contact), 'name cut'),
            el(
              'span',
              { class: 'hint' },
              STATUSES[contact.status] + (isHere(contact) ? '' : ', cannot be reached now'),
              application ? ' · ' + shortly(contact.apps?.[application.guid]) : '',
            ),
          ),
        );
      },
    );
  };
  draw('');
  const search = el('input', {
    type: 'search',
    'aria-label': 'Search whom to invite',
    placeholder: 'Search',
    oninput: () => draw(search.value),
  });
  return el('fieldset', { class: 'picks' }, el('legend', { id: group }, 'Whom'), all.length > 7 && search, list);
}

export function matches(contact, sought) {
  const wanted = sought.trim().toLowerCase();
  return [contact.name ?? '', contact.address].some((text) => plain(text).toLowerCase().includes(wanted));
}
