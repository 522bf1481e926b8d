/*
 * The messages of a conversation as the server has them, by their place in it; those of a visitor also by the id they were
 * given here.
 */

/** Messages with `more` of them merged in, in order, each once. What can't be shown is left out. */
export function merged(messages, more) {
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  for (const message of Array.isArray(more) ? more : []) {
    if (isSound(message)) bySeq.set(message.seq, message);
  }
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** After which place to ask for more: the last one before a gap. */
export function reached(messages) {
  let seq = 0;
  for (const message of messages) {
    if (message.seq !== seq + 1) break;
    seq = message.seq;
  }
  return seq;
}

function isSound(message) {
  const { seq, from, text } = message ?? {};
  return Number.isSafeInteger(seq) && seq > 0 && typeof text === "string" && (from === "visitor" || from === "staff");
}
