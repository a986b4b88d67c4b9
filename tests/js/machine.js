// A clock that stands still, chance without chance, and a socket and a server that a test speaks through.

import { connect } from "../../static/js/live/connect.js";

/** A scripted machine; `advance(ms)` runs the timers that are due, in order. */
export class Machine {
  url = "ws://test/live";
  page = new EventTarget();
  sockets = [];
  requests = [];
  chance = 0.5;
  away = false; // whether the tab is hidden
  blocked = false; // whether there are no WebSockets at all
  #time = 1_000_000;
  #timers = new Map();
  #next = 1;

  constructor() {
    const machine = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url, protocol) {
        if (machine.blocked) throw new Error("WebSockets are switched off");
        super(url, protocol);
        machine.sockets.push(this);
      }
    };
  }

  now = () => this.#time;
  hidden = () => this.away;
  fetch = (url, { signal }) => new Promise((go, fail) => this.requests.push(new FakeRequest(url, signal, go, fail)));
  random = () => this.chance;
  clearTimeout = (id) => this.#timers.delete(id);
  setTimeout = (act, ms) => {
    this.#timers.set(this.#next, { act, at: this.#time + ms });
    return this.#next++;
  };

  get socket() {
    return this.sockets.at(-1);
  }

  /** The requests that wait for an answer. */
  get waiting() {
    return this.requests.filter((request) => request.waits);
  }

  /** The one request that waits. */
  get request() {
    if (this.waiting.length !== 1) throw new Error(`${this.waiting.length} requests wait`);
    return this.waiting[0];
  }

  async advance(ms) {
    const end = this.#time + ms;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#time = due[1].at;
      due[1].act();
    }
    this.#time = end;
    await settled();
  }
}

class FakeSocket {
  sent = [];
  closed = false;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol });
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  /** The server says these frames. */
  say(...frames) {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The server, or the network, closes. */
  end(code) {
    this.onclose?.({ code });
  }

  ofType(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

class FakeRequest {
  waits = true;

  constructor(url, signal, go, fail) {
    const { pathname, searchParams } = new URL(url);
    Object.assign(this, { path: decodeURIComponent(pathname), query: Object.fromEntries(searchParams) });
    this.#settle = (act, value) => {
      this.waits = false;
      act(value);
      return settled();
    };
    this.#go = go;
    this.#fail = fail;
    signal.addEventListener("abort", () => this.waits && this.cut());
  }

  #settle;
  #go;
  #fail;

  /** The server answers. */
  say(body, status = 200, headers = {}) {
    const answer = { ok: status < 300, status, headers: new Headers(headers), json: async () => body };
    return this.#settle(this.#go, answer);
  }

  /** A page of a channel's events, and where it ends. */
  page(seqs, { seq = seqs.at(-1), more = false, checked_ms = 100, channel = "post:42" } = {}) {
    const data = { type: "events", channel, epoch: "e", events: seqs.map(item), more };
    return this.say({ success: true, data, meta: { channel, epoch: "e", seq, checked_ms } });
  }

  /** The network gives up. */
  cut() {
    return this.#settle(this.#fail, new TypeError("Failed to fetch"));
  }
}

const item = (seq) => ({ seq, event: "comment.created", at: "", data: {} });

/** A page that subscribed to post:42 at seq 10, and what it was told. */
export async function openThread({ reload = async () => {}, place = { epoch: "e", seq: 10 }, ...given } = {}) {
  const machine = Object.assign(new Machine(), given);
  const seen = { events: [], resyncs: [], states: [], gone: [], presence: [] };
  const live = connect(machine);
  live.onStatus((status) => seen.states.push({ ...status }));
  const subscription = live.subscribe("post:42", {
    ...place,
    onEvent: (event) => seen.events.push(event.seq),
    onResync: (resync) => (seen.resyncs.push(resync), reload(resync)),
    onPresence: ({ count }) => seen.presence.push(count),
    onGone: (reason) => seen.gone.push(reason),
  });
  return { machine, live, subscription, seen, state: () => seen.states.at(-1).state };
}

export const welcome = { type: "welcome", protocol: 1, connection: "c", user: null, ping_ms: 10_000 };
export const subscribed = (seq, more = {}) =>
  ({ type: "subscribed", id: "subscribe:post:42", channel: "post:42", epoch: "e", seq, recovered: true, ...more });
export const event = (seq) => ({ type: "event", channel: "post:42", seq, event: "comment.created", at: "", data: {} });
export const events = (seqs, more = false, id = undefined) =>
  ({ type: "events", channel: "post:42", epoch: "e", events: seqs.map(event), more, id });
export const answer = (seqs, more = false) => events(seqs, more, "fetch:post:42");
export const ping = (seq, checked_ms = 100) => ({ type: "ping", seqs: { "post:42": seq }, checked_ms });
export const resync = (seq, more = {}) =>
  ({ type: "resync", channel: "post:42", epoch: "e", seq, reason: "pruned", ...more });

const settled = () => new Promise((go) => setTimeout(go, 0));
