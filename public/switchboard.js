/*
 * The switchboard: the shared worker between the tabs of one tenant in one browser. The browser keeps one of it as long as
 * a tab is connected.
 *
 * It passes texts on and looks only at their envelope, which domain/src/tabs/message.rs describes; texts of versions it
 * does not know are passed on all the same. It keeps who is there, the news of the newest generation for each subject, and
 * when each tab wants to be rung: a worker's timers keep their second where those of a hidden page come once a minute.
 * It holds nothing that is not told again after a restart, and no message carries a token.
 */
"use strict";

const VERSION = 1;
const MOST_TABS = 1_000;
const MOST_SUBJECTS = 1_000;
const LONGEST_TEXT = 65_536;
/* Milliseconds after which news are passed on that have gone straight from tab to tab as well: who hears them there acts on them
   now, and the second copy is only for those who did not. */
const LATER = 50;
/* A timer may stand still while the machine sleeps, so none is set for longer. */
const LONGEST_TIMER = 60_000;

/** Each port with its tab, the tab's last hello, when it wants to be rung, what of it is passed on later, and what is confirmed
    then. */
const lines = new Map();
/** Each subject with the newest generation and its text. */
const newest = new Map();
let timer;

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (typeof data === "string" && data.length <= LONGEST_TEXT) hear(port, data);
  };
  // Where the browser says so; elsewhere a closed page's line stays silent until the worker ends with the last tab.
  port.onclose = () => leave(port);
};

function hear(port, text) {
  const message = read(text);
  if (!message) return;
  const line = lineOf(port, message);
  const known = message.v === VERSION ? message : {};
  const isForTabs = !("beat" in known || "wake" in known);
  const isStraight = known.straight === true;
  if (isForTabs && isStraight) passOnLater(port, line, text);
  else if (isForTabs) passOnHeld(port, line);
  confirm(port, line, message.n);
  if ("wake" in known) wake(line, known.wake);
  if ("hello" in known) greet(port, line, text);
  if (known.news) remember(known.news, text);
  if (isForTabs && !isStraight) passOn(port, text, message.to);
  if ("bye" in known) lines.delete(port);
}

/** A message is confirmed, and with it all before, when what came before and is held is passed on: until then a worker that dies
    takes it along, and the tab that told it is to know. */
function confirm(port, line, number) {
  if (!Number.isSafeInteger(number)) return;
  if (line.held?.length) line.confirms = number;
  else say(port, { confirmed: number });
}

function passOn(port, text, to) {
  for (const [other, { tab }] of lines) {
    if (other !== port && (to === undefined || to === tab)) other.postMessage(text);
  }
}

function passOnLater(port, line, text) {
  line.held ??= [];
  if (line.held.push(text) === 1) setTimeout(() => passOnHeld(port, line), LATER);
}

/** What a tab told before goes before what it tells now. */
function passOnHeld(port, line) {
  const held = line.held?.splice(0) ?? [];
  for (const text of held) passOn(port, text);
  if (held.length > 0) confirm(port, line, line.confirms);
}

function read(text) {
  try {
    const message = JSON.parse(text);
    return message && typeof message === "object" && typeof message.from === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(port, { from }) {
  let line = lines.get(port);
  if (!line) {
    line = {};
    if (lines.size < MOST_TABS) lines.set(port, line);
  }
  line.tab = from;
  return line;
}

/** A tab's first hello is answered with what is known. */
function greet(port, line, text) {
  if (!line.hello) {
    const tabs = [...lines].filter(([other, { hello }]) => other !== port && hello).map(([, { hello }]) => hello);
    say(port, { welcome: { tabs, news: [...newest.values()].map(({ text }) => text) } });
  }
  line.hello = text;
}

function remember({ kind, connection, store, id, generation }, text) {
  if (!Number.isSafeInteger(generation)) return;
  const subject = [kind, connection, store, id].join("/");
  const known = newest.get(subject);
  if (known ? generation < known.generation : newest.size >= MOST_SUBJECTS) return;
  newest.set(subject, { generation, text });
}

function leave(port) {
  const line = lines.get(port);
  if (line) passOnHeld(port, line);
  if (!lines.delete(port)) return;
  for (const other of lines.keys()) say(other, { gone: line.tab });
}

function say(port, body) {
  port.postMessage(JSON.stringify({ v: VERSION, ...body }));
}

/* Deadlines are stored, not counted. */
function wake(line, at) {
  line.wakeAt = Number.isSafeInteger(at) ? at : undefined;
  ring();
}

function ring() {
  clearTimeout(timer);
  let next = Infinity;
  for (const [port, line] of lines) {
    if (line.wakeAt === undefined) continue;
    if (line.wakeAt <= Date.now()) {
      line.wakeAt = undefined;
      say(port, { ring: true });
    } else {
      next = Math.min(next, line.wakeAt);
    }
  }
  if (next < Infinity) timer = setTimeout(ring, Math.min(next - Date.now(), LONGEST_TIMER));
}
