// One WebSocket of hubbub.v1 that comes back by itself: opening, pings, closing, full jitter.

import { Backoff } from "./backoff.js";

const NO_RETURN = new Set([4400, 4401, 4403, 4409]);
const OPEN_MS = 10_000;
const WATCH_MS = 1000;
export const SLACK_MS = 5000;

/** `hear` gets every frame of the server, and { type: "closed", code } when a socket is lost. */
export class Connection {
  welcome = null;
  #machine;
  #hear;
  #socket = null;
  #heardAt = 0;
  #backoff;
  #comeBack;
  #over = false;
  #timers = {};

  constructor(machine, hear) {
    this.#machine = machine;
    this.#hear = hear;
    this.#backoff = new Backoff(machine);
  }

  /** Open, unless it is open or was ended for good. */
  open = () => {
    if (this.#socket || this.#over) return;
    this.#machine.clearTimeout(this.#timers.retry);
    this.#comeBack = undefined;
    let socket;
    try {
      socket = new this.#machine.WebSocket(this.#machine.url, "hubbub.v1");
    } catch {
      return this.#lose(1006);
    }
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lose(code);
    this.#socket = socket;
    this.#heardAt = this.#machine.now();
    this.#watch();
  };

  /** Close without coming back by itself; `open` goes on. */
  close = () => {
    this.drop();
    this.#machine.clearTimeout(this.#timers.retry);
  };

  // A closing handshake with a dead peer takes a minute: do not wait for it.
  drop = () => {
    const socket = this.#socket;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lose(1006);
  };

  send = (frame) => {
    if (this.welcome) this.#socket.send(JSON.stringify(frame));
  };

  #receive(frame) {
    this.#heardAt = this.#machine.now();
    if (frame.type === "welcome") {
      this.welcome = frame;
      this.#backoff.reset();
    }
    if (frame.type === "ping") this.send({ type: "pong" });
    if (frame.type === "bye") this.#comeBack = frame.reconnect_in;
    this.#hear(frame);
  }

  #lose(code) {
    this.#forget();
    this.#over = NO_RETURN.has(code) || this.#comeBack === null;
    if (!this.#over) this.#timers.retry = this.#machine.setTimeout(this.open, this.#delay());
    this.#hear({ type: "closed", code });
  }

  #forget() {
    this.#socket = this.welcome = null;
    this.#machine.clearTimeout(this.#timers.watch);
  }

  #delay() {
    if (!this.#comeBack) return this.#backoff.next();
    const [least, most] = this.#comeBack;
    return least + this.#machine.random() * (most - least);
  }

  #watch = () => {
    const patience = this.welcome ? this.welcome.ping_ms + SLACK_MS : OPEN_MS;
    if (this.#machine.now() - this.#heardAt > patience) return this.drop();
    this.#timers.watch = this.#machine.setTimeout(this.#watch, WATCH_MS);
    if (this.welcome) this.#hear({ type: "tick" });
  };
}
