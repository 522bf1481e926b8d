/** A lease of this length is given up for lost, as its holder is. */
const LEASE = 15_000;
const LOOK_EVERY = 100;

/**
 * How tabs exclude each other: `lock(name, patience, work)` does `work` when no other tab does. After `patience` it goes
 * ahead all the same, for whoever still holds the lock is stuck; what it writes late is fenced by the record's generation.
 */
export function locks(scope, env) {
  return scope.navigator?.locks ? webLock(scope.navigator.locks, leaseOf(scope, env), env) : leaseOf(scope, env);
}

function webLock(manager, otherwise, env) {
  return async (name, patience, work) => {
    const waiting = new AbortController();
    const timer = env.setTimeout(() => waiting.abort(), patience);
    let begun = false;
    const begin = () => {
      begun = true;
      env.clearTimeout(timer);
      return work();
    };
    try {
      return await manager.request(`tokenkeep:${name}`, { signal: waiting.signal }, begin);
    } catch (error) {
      if (begun) throw error;
      // Refused at once: a document that may hold no lock.
      return waiting.signal.aborted ? begin() : otherwise(name, patience, begin);
    } finally {
      env.clearTimeout(timer);
    }
  };
}

/** For browsers without Web Locks (they need a secure context): a lease in localStorage, best effort. */
function leaseOf(scope, env) {
  return async (name, patience, work) => {
    const [key, owner, giveUp] = [`tokenkeep:lease:${name}`, String(env.random()), env.now() + patience];
    const storage = storageOf(scope);
    while (storage && env.now() < giveUp && !(await isTaken(storage, key, owner, env))) await pause(env, LOOK_EVERY);
    try {
      return await work();
    } finally {
      if (storage && holder(storage, key, env) === owner) storage.removeItem(key);
    }
  };
}

function storageOf(scope) {
  try {
    return scope.localStorage;
  } catch {
    return undefined;
  }
}

/** Writes the lease if it is free, and looks a moment later whether another tab did the same. */
async function isTaken(storage, key, owner, env) {
  try {
    if (holder(storage, key, env) !== undefined) return false;
    storage.setItem(key, `${owner} ${env.now() + LEASE}`);
    await pause(env, LOOK_EVERY / 2);
    return holder(storage, key, env) === owner;
  } catch {
    // A full storage takes no lease; then nobody is excluded.
    return true;
  }
}

function holder(storage, key, env) {
  const [owner, until] = (storage.getItem(key) ?? "").split(" ");
  const left = Number(until) - env.now();
  return left > 0 && left <= LEASE ? owner : undefined;
}

function pause(env, span) {
  return new Promise((resolve) => env.setTimeout(resolve, span));
}
