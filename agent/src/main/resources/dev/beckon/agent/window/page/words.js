// Statuses, steps and outcomes in plain words.

export const STATUSES = {
  ONLINE: 'Online',
  BUSY: 'Busy',
  BE_RIGHT_BACK: 'Be right back',
  IDLE: 'Idle',
  AWAY: 'Away',
  ON_THE_PHONE: 'On the phone',
  OUT_TO_LUNCH: 'Out to lunch',
  INVISIBLE: 'Invisible',
  OFFLINE: 'Offline',
  UNKNOWN: 'Not known',
};

/** Those a user may choose. */
export const CHOICES = ['ONLINE', 'BUSY', 'BE_RIGHT_BACK', 'AWAY', 'ON_THE_PHONE', 'OUT_TO_LUNCH', 'INVISIBLE'];

export function isHere(contact) {
  return contact.status !== 'OFFLINE' && contact.status !== 'UNKNOWN';
}

export const STEPS = {
  INVITED: 'Invited',
  RINGING: 'Ringing',
  APP_MISSING: 'Not installed',
  ACCEPTED: 'Accepted',
  LAUNCHING: 'Launching',
  ATTACHED: 'Attached',
  CONNECTED: 'Connected',
  ENDED: 'Ended',
};

const WAY = ['INVITED', 'RINGING', 'ACCEPTED', 'LAUNCHING', 'ATTACHED', 'CONNECTED'];

/** The steps that are still to come, where everything goes well. */
export function stepsAhead(session) {
  const taken = new Set(session.steps.map((each) => each.step));
  const last = Math.max(-1, ...WAY.map((step, index) => (taken.has(step) ? index : -1)));
  return WAY.slice(last + 1);
}

/** How a session stands, in a word or two. */
export function standing(session) {
  const result = (session.result ?? '').replace(/^SR_/, '');
  switch (session.state) {
    case 'DECLINED':
      return 'Declined';
    case 'CANCELLED':
      return result === 'SESSION_CANCELLED_LOCAL' && session.role === 'INVITEE'
        ? 'Answered elsewhere'
        : 'Taken back';
    case 'TERMINATED':
      if (result === 'SESSION_TIMEOUT') {
        return 'Not answered';
      }
      return result === '' || result === 'S_OK' || result.startsWith('SESSION_CANCELLED') ? 'Ended' : 'Failed';
    default:
      return STEPS[session.step] ?? 'Invited';
  }
}

export function hasFailed(session) {
  return standing(session) === 'Failed' || standing(session) === 'Not answered';
}
