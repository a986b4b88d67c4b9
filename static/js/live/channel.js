// One channel's position: events in order, each once; holes are fetched, losses are resynced.

const HELD = 5000;
const RETRY_MS = 1000;

/** Handlers: onEvent(event), onResync({ epoch, seq, reason }), onGone(reason), onChange(), onChecked(age_ms). */
export class Channel {
  #handlers;
  #send;
  #machine;
  #held = new Map();
  #known; // the greatest seq that we know to exist
  #askedAt = null; // when the fetch under way was sent
  #paging = false; // the server is sending what we missed, page after page
  #confirmed = false; // the server said since we subscribed that there was no more
  #reloading = null;
  #timer;

  constructor(name, { epoch, seq }, handlers, send, machine) {
    Object.assign(this, { name, epoch, seq: seq ?? 0 });
    this.#known = this.seq;
    this.#handlers = handlers;
    this.#send = send;
    this.#machine = machine;
  }

  /** Whether everything that the server has told of is applied. */
  get caughtUp() {
    return this.#confirmed && !this.#reloading && this.seq >= this.#known;
  }

  /** Ask for everything after our position; on every new connection. */
  subscribe() {
    this.#machine.clearTimeout(this.#timer);
    this.#held.clear();
    this.#askedAt = null;
    this.#paging = this.#confirmed = false;
    const from = this.epoch === undefined ? {} : { epoch: this.epoch, after: this.seq };
    this.#send({ type: "subscribe", id: `subscribe:${this.name}`, channel: this.name, ...from });
  }

  /** A ping's seqs: a smaller position here means loss, a greater one that the ping was slower. */
  compare(seqs) {
    this.#known = Math.max(this.#known, seqs[this.name] ?? 0);
    this.#settle();
  }

  hear(frame) {
    this[`_${frame.type}`]?.(frame);
    this.#settle();
  }

  end() {
    this.#machine.clearTimeout(this.#timer);
    this.#reloading = null;
  }

  _subscribed({ epoch, seq, recovered }) {
    const placed = this.epoch !== undefined;
    if (!placed) Object.assign(this, { epoch, seq });
    // Nothing says whether pages follow; one item is asked for, and none is the proof of being at the tip.
    // Where our position could not be honoured, a `resync` follows instead.
    if (recovered || !placed) this.#fetch(1);
  }

  _event(event) {
    this.#take([event]);
  }

  _events({ id, epoch, events, more }) {
    if (epoch !== this.epoch) return;
    const before = this.seq;
    this.#take(events);
    if (id === undefined) this.#paging = more;
    if (!more) this.#confirm(id);
    if (id === undefined) return;
    this.#askedAt = null;
    if (more && !this.#paging) this.#fetch();
    // A hole that a fetch did not fill would otherwise be asked for again and again without a breath.
    else if (this.seq === before && this.seq < this.#known) this.#later(RETRY_MS);
  }

  _resync({ epoch, seq, reason }) {
    Object.assign(this, { epoch, seq });
    this.#known = seq;
    this.#held.clear();
    this.#askedAt = null;
    this.#paging = false;
    this.#confirmed = true;
    this.#reload(reason);
  }

  _unsubscribed({ id, reason }) {
    if (id === undefined) this.#leave(reason ?? "access");
  }

  _error({ id, code, retry_after_ms: after = RETRY_MS }) {
    if (code === "already_subscribed") return;
    if (code !== "unavailable" && code !== "rate_limited") return this.#leave(code);
    const again = id.startsWith("subscribe") ? () => this.subscribe() : undefined;
    this.#later(after * (1 + this.#machine.random()), again);
  }

  #take(events) {
    for (const event of events) {
      if (event.seq <= this.seq) continue;
      this.#known = Math.max(this.#known, event.seq);
      // What comes next is never too much: it lets the others go.
      if (this.#held.size < HELD || event.seq === this.seq + 1) this.#held.set(event.seq, event);
      this.#drain();
    }
  }

  #drain() {
    let event;
    while (!this.#reloading && (event = this.#held.get(this.seq + 1))) {
      this.#held.delete(event.seq);
      this.seq = event.seq;
      this.#tell(event);
    }
  }

  #tell(event) {
    try {
      this.#handlers.onEvent?.(event);
    } catch (error) {
      // What a page does wrong with one event must not cost it the next ones.
      this.#machine.setTimeout(() => { throw error; }, 0);
    }
  }

  #settle() {
    const missing = this.seq < this.#known && !this.#reloading;
    if (missing && !this.#paging && this.#askedAt === null) this.#fetch();
  }

  #fetch(limit) {
    if (this.#askedAt !== null) return;
    this.#askedAt = this.#machine.now();
    const { name: channel, epoch, seq: after } = this;
    this.#send({ type: "fetch", id: `fetch:${channel}`, channel, epoch, after, ...(limit && { limit }) });
  }

  #later(ms, act = () => { this.#askedAt = null; this.#fetch(); }) {
    this.#askedAt = Infinity;
    this.#timer = this.#machine.setTimeout(act, ms);
  }

  #confirm(id) {
    this.#confirmed = true;
    if (id !== undefined) this.#handlers.onChecked(this.#machine.now() - this.#askedAt);
  }

  // Until the page has its snapshot, events are held; then it says where the snapshot stands.
  async #reload(reason) {
    const turn = (this.#reloading = {});
    for (let done = false; !done; ) {
      const { epoch, seq } = this;
      try {
        const stands = await this.#handlers.onResync?.({ epoch, seq, reason });
        if (this.#reloading !== turn) return;
        if (stands?.epoch === this.epoch) this.#jump(stands.seq);
        done = true;
      } catch {
        await new Promise((go) => this.#machine.setTimeout(go, RETRY_MS * (1 + this.#machine.random())));
        if (this.#reloading !== turn) return;
      }
    }
    this.#reloading = null;
    this.#drain();
    this.#settle();
    this.#handlers.onChange();
  }

  #jump(seq) {
    this.seq = Math.max(this.seq, seq);
    for (const old of [...this.#held.keys()]) if (old <= this.seq) this.#held.delete(old);
  }

  #leave(reason) {
    this.end();
    this.#handlers.onGone?.(reason);
  }
}
