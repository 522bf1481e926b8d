/** Words for what is found out in the page itself; everything else is said by the server (RFC 9457). */
const WORDS = {
  unreachable: [503, "The server can't be reached", "Check the network. It is tried again by itself."],
  unreadable_answer: [502, "The server's answer can't be read", "It is tried again by itself."],
  unavailable: [503, "No token came in time", "Another tab may be stuck. Try again in a moment."],
  too_many_requests: [429, "Too many calls wait already", "Wait for them, then try again."],
};

/** Why a call got no answer: what went wrong, what it means and what is next. Its `code` is stable, for programs. */
export class TokenkeepError extends Error {
  /** `problem` has `code`, `status`, `title`, `detail` and perhaps `retry_after` in seconds. */
  constructor(problem) {
    super(`${problem.title}. ${problem.detail}`);
    this.name = "TokenkeepError";
    this.code = problem.code;
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.retryAfter = problem.retry_after;
  }
}

/** An error with this module's own words, or with a more exact detail. */
export function trouble(code, detail) {
  const [status, title, usual] = WORDS[code];
  return new TokenkeepError({ code, status, title, detail: detail ?? usual });
}

/** What a status says when no problem document came with it: a proxy in between may answer as it likes. */
function codeOf(status) {
  if (status === 429) return "too_many_requests";
  return status >= 500 || status === 408 || status === 425 ? "unreadable_answer" : `http_${status}`;
}

/** The error an answer stands for, from its text and status. */
export function refusal(status, text, retryAfter) {
  const problem = parsed(text);
  const short = (value, otherwise) => (typeof value === "string" && value !== "" ? value.slice(0, 500) : otherwise);
  return new TokenkeepError({
    code: short(problem.code, codeOf(status)),
    status,
    title: short(problem.title, `The server answered with ${status}`),
    detail: short(problem.detail, "The page's owner can look it up in the server's log."),
    retry_after: retryAfter ?? (Number.isFinite(problem.retry_after) ? problem.retry_after : undefined),
  });
}

/** The JSON object in a text, or an empty one. */
export function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}
