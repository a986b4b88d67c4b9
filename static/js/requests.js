// JSON requests to the API, and why one was refused, as a sentence.

const PATIENCE_MS = 20_000;

/** `status` is 0 when no answer came; `data` is what stands instead, if the answer says; `waitMs` is when the same may be asked again, if it was only too often. */
export class Refusal extends Error {
  constructor(status, errors = [], wait = null, data = undefined) {
    super(sentence(status, errors[0]?.message, wait));
    Object.assign(this, { status, data, code: errors[0]?.code, wait: spoken(wait), waitMs: status === 429 ? (Number(wait) || 2) * 1000 : null });
  }

  /** Whether the same request may well succeed a little later. */
  get passing() {
    return this.status === 0 || this.status >= 500;
  }
}

/** The envelope of the answer, null for 204. Throws Refusal. */
export async function request(method, path, body, keepalive = false) {
  const response = await ask(method, path, body, keepalive);
  const envelope = await response.json().catch(() => null);
  if (response.status === 204 || (response.ok && envelope)) return envelope;
  // A success that is not ours comes from somebody in between, as in a hotel.
  if (response.ok) throw new Refusal(0);
  throw new Refusal(response.status, envelope?.errors, response.headers.get("Retry-After"), envelope?.data);
}

async function ask(method, path, body, keepalive) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(`/api/v1${path}`, { method, headers, signal, keepalive, body: body && JSON.stringify(body) });
  } catch {
    throw new Refusal(0);
  }
}

function sentence(status, message, wait) {
  if (status === 0) return "There is no connection.";
  if (status === 401) return "You are signed out.";
  if (status === 429) return `That was a lot at once. Try again in ${spoken(wait)}.`;
  if (status >= 500) return "Something broke on our side.";
  return message ?? "The server refused it.";
}

function spoken(wait) {
  const seconds = Number(wait);
  if (!seconds) return "a moment";
  const [size, unit] = seconds < 90 ? [1, "second"] : seconds < 5400 ? [60, "minute"] : [3600, "hour"];
  const count = Math.ceil(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
