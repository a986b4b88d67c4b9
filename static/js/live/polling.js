// The same feed by long poll, for where WebSockets do not pass. Takes and gives the socket's frames.

import { Backoff } from "./backoff.js";

const WAIT_S = 10; // each empty answer is a ping
const PATIENCE_MS = 10_000;
// A browser opens six connections to a host, for all of its tabs: only two channels of a page that is
// looked at may hold one; everything else asks now and then.
const HELD = 2;
const PAUSE_MS = 5000;
const BREATH_MS = 1000;

/** `hear` gets what a Connection's would, `closed` included. */
export class Polling {
  welcome = null;
  #machine;
  #hear;
  #backoff;
  #session = null;
  #following = new Map(); // channel → what ends its loop
  #timers = {};
  #over = false;

  constructor(machine, hear) {
    this.#machine = machine;
    this.#hear = hear;
    this.#backoff = new Backoff(machine);
  }

  /** Find out whether the server answers, and welcome whoever wants to subscribe. */
  open = async () => {
    if (this.#session || this.#over) return;
    this.#machine.clearTimeout(this.#timers.retry);
    const session = (this.#session = new AbortController());
    const answer = await this.#get("/health", session.signal);
    if (session.signal.aborted) return;
    if (!answer?.ok) return this.drop();
    this.#backoff.reset();
    this.welcome = { type: "welcome", ping_ms: WAIT_S * 1000 };
    this.#hear(this.welcome);
    this.#tick();
  };

  close = () => {
    this.drop();
    this.#machine.clearTimeout(this.#timers.retry);
  };

  drop = () => this.#lose(1006);

  send = (frame) => {
    if (frame.type === "subscribe") this.#follow(frame);
    else if (frame.type === "unsubscribe") this.#leave(frame.channel);
    else if (frame.type === "fetch") this.#fetch(frame);
  };

  async #follow({ id, channel, epoch, after }) {
    this.#leave(channel);
    const following = new AbortController();
    this.#following.set(channel, following);
    const { signal } = following;
    let place = { epoch, after };
    for (let first = true; !signal.aborted; ) {
      const wait = first ? 0 : this.#wait(channel);
      const asked = this.#machine.now();
      const answer = await this.#ask(channel, { ...place, wait }, signal);
      if (signal.aborted) return;
      if (answer.again) await this.#pause(answer.again, signal);
      else if (answer.code) this.#refuse(first ? id : undefined, channel, answer.code);
      else {
        if (first) this.#hear(subscribed(id, channel, after, answer));
        this.#tell(channel, answer);
        if (!first) await this.#pause(rest(answer.data, wait, this.#machine.now() - asked), signal);
        place = { epoch: answer.meta.epoch, after: answer.meta.seq };
        first = false;
      }
    }
  }

  #tell(channel, { data, meta }) {
    if (data.type === "resync" || data.events.length) this.#hear(data);
    this.#hear({ type: "ping", seqs: { [channel]: meta.seq }, checked_ms: meta.checked_ms });
  }

  async #fetch({ id, channel, epoch, after, limit }) {
    const session = this.#session;
    const answer = await this.#ask(channel, { epoch, after, limit }, session.signal);
    if (session.signal.aborted) return;
    if (answer.code) this.#hear({ type: "error", id, code: answer.code, retry_after_ms: answer.again });
    else this.#hear({ ...answer.data, id });
  }

  #wait(channel) {
    const place = [...this.#following.keys()].indexOf(channel);
    return place >= HELD || this.#machine.hidden() ? 0 : WAIT_S;
  }

  #refuse(id, channel, code) {
    this.#leave(channel);
    if (id) this.#hear({ type: "error", id, code });
    else this.#hear({ type: "unsubscribed", channel, reason: "access" });
  }

  #leave(channel) {
    this.#following.get(channel)?.abort();
    this.#following.delete(channel);
  }

  /** { data, meta }, or the code of a refusal and when to ask `again`. A line that is cut ends everything. */
  async #ask(channel, query, signal) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const path = `/api/v1/channels/${encodeURIComponent(channel)}/events?${new URLSearchParams(given)}`;
    const answer = await this.#get(path, signal, (query.wait ?? 0) * 1000);
    if (signal.aborted) return {};
    if (!answer) this.drop();
    else if (answer.status === 401) this.#lose(4401);
    if (!answer || answer.status === 401) return {};
    if (answer.ok) return answer.body;
    const again = answer.status === 429 || answer.status >= 500 ? answer.again : undefined;
    return { code: again === undefined ? "not_found" : "unavailable", again };
  }

  /** The answer with its body, or null when none came in time. */
  async #get(path, signal, wait = 0) {
    const request = new AbortController();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop);
    const timer = this.#machine.setTimeout(stop, wait + PATIENCE_MS);
    try {
      const answer = await this.#machine.fetch(this.#machine.http + path, { signal: request.signal, cache: "no-store" });
      const { ok, status, headers } = answer;
      const again = Number(headers.get("Retry-After") ?? 1) * 1000 * (1 + this.#machine.random());
      return { ok, status, again, body: await answer.json() };
    } catch {
      return null;
    } finally {
      this.#machine.clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  async #pause(ms, signal) {
    if (ms === 0 || signal.aborted) return;
    await new Promise((go) => {
      const timer = this.#machine.setTimeout(go, ms);
      signal.addEventListener("abort", () => (this.#machine.clearTimeout(timer), go()));
    });
  }

  #tick = () => {
    this.#timers.tick = this.#machine.setTimeout(this.#tick, 1000);
    this.#hear({ type: "tick" });
  };

  #lose(code) {
    if (!this.#session) return;
    this.#session.abort();
    this.#session = this.welcome = null;
    [...this.#following.keys()].forEach((channel) => this.#leave(channel));
    this.#machine.clearTimeout(this.#timers.tick);
    this.#over = code === 4401;
    if (!this.#over) this.#timers.retry = this.#machine.setTimeout(this.open, this.#backoff.next());
    this.#hear({ type: "closed", code });
  }
}

// How long not to ask, after this answer.
function rest(data, wait, took) {
  if (data.type === "resync" || data.more) return 0;
  if (wait === 0) return PAUSE_MS;
  // Whoever is sent away at once, time and again, must not come back without a breath.
  return data.events.length || took >= BREATH_MS ? 0 : BREATH_MS;
}

function subscribed(id, channel, after, { data, meta }) {
  const recovered = after !== undefined && data.type !== "resync";
  return { type: "subscribed", id, channel, epoch: meta.epoch, seq: recovered ? after : meta.seq, recovered };
}
