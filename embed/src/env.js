/** Clock, dice, timers and network of the page, in one place, so that tests bring their own. */
export function environment(scope) {
  const fetch = scope.fetch.bind(scope);
  return {
    now: () => Date.now(),
    random: () => scope.crypto.getRandomValues(new Uint32Array(1))[0],
    id: () => uuid(scope.crypto.getRandomValues(new Uint8Array(16))),
    setTimeout: (work, span) => scope.setTimeout(work, span),
    clearTimeout: (timer) => scope.clearTimeout(timer),
    fetch,
    online: () => scope.navigator.onLine !== false,
  };
}

/** A UUID of version 4 (RFC 9562 §5.4); `crypto.randomUUID` is missing where the page is no secure context. */
function uuid(bytes) {
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
