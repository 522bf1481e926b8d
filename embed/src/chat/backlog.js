/*
 * What a visitor wrote and what is known of the conversation, as it is kept over reloads: a record of the store, changed by
 * pure functions. `sending` holds messages in the order they were written, until the server has them.
 *
 *   { conversation: { id, visitorKey } | null, opening: uuid | null, sending: [{ clientId, text, at, refused }], wroteAt }
 */

/** At most so many messages wait to be sent. */
export const MOST_WAITING = 50;

export const EMPTY = Object.freeze({ conversation: null, opening: null, sending: [], wroteAt: 0 });

/** A record of another version, or of nobody's making, counts as none. */
export function sound(record) {
  return record && Array.isArray(record.sending) ? record : EMPTY;
}

export function written(record, { clientId, text, at }) {
  const sending = [...record.sending, { clientId, text, at, refused: null }];
  return { ...record, sending, wroteAt: at };
}

/** The server has it. */
export function sent(record, clientId) {
  return { ...record, sending: record.sending.filter((message) => message.clientId !== clientId) };
}

/** The server will not have it, for a reason a person can read. */
export function refused(record, clientId, reason) {
  return marked(record, clientId, reason);
}

/** A person wants it sent all the same. */
export function retried(record, clientId) {
  return marked(record, clientId, null);
}

/** The conversation is begun under this key until it is known to be. */
export function opening(record, key) {
  return record.conversation || record.opening ? record : { ...record, opening: key };
}

export function opened(record, conversation) {
  return { ...record, conversation, opening: null };
}

/** The server knows the conversation no more: the next message begins another one. */
export function forgotten(record, id) {
  return record.conversation?.id === id ? { ...record, conversation: null, opening: null } : record;
}

/** What is to be sent next: the first that was not refused. */
export function next(record) {
  return record.sending.find((message) => message.refused === null);
}

/** A record with what another page left elsewhere: messages that only wait there come after those that wait here. */
export function joined(record, left) {
  const known = new Set(record.sending.map(({ clientId }) => clientId));
  const missing = left.sending.filter(({ clientId }) => !known.has(clientId));
  return {
    ...record,
    conversation: record.conversation ?? left.conversation,
    opening: record.conversation ? null : (record.opening ?? left.opening),
    sending: [...record.sending, ...missing],
    wroteAt: Math.max(record.wroteAt, left.wroteAt),
  };
}

/** What stays of a record whose messages wait elsewhere now. */
export function emptied(record) {
  return { ...record, sending: [] };
}

function marked(record, clientId, reason) {
  const mark = (message) => (message.clientId === clientId ? { ...message, refused: reason } : message);
  return { ...record, sending: record.sending.map(mark) };
}
