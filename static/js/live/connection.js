// One WebSocket of hubbub.v1 that comes back by itself: opening, pings, closing, full jitter.

const NO_RETURN = new Set([4400, 4401, 4403, 4409]);
const OPEN_MS = 10_000;
const FIRST_MS = 1000;
const MOST_MS = 30_000;
const WATCH_MS = 1000;
export const SLACK_MS = 5000;

/** `hear` gets every frame of the server, and { type: "closed", code } when a socket is lost. */
export class Connection {
  welcome = null;
  #machine;
  #hear;
  #socket = null;
  #heardAt = 0;
  #tries = 0;
  #comeBack;
  #over = false;
  #timers = {};

  constructor(machine, hear) {
    this.#machine = machine;
    this.#hear = hear;
  }

  /** Open, unless it is open or was ended for good. */
  open = () => {
    if (this.#socket || this.#over) return;
    this.#machine.clearTimeout(this.#timers.retry);
    const socket = new this.#machine.WebSocket(this.#machine.url, "hubbub.v1");
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lose(code);
    this.#socket = socket;
    this.#comeBack = undefined;
    this.#heardAt = this.#machine.now();
    this.#watch();
  };

  /** Close without coming back by itself; `open` goes on. */
  close = () => {
    if (this.#socket) this.#drop();
    this.#machine.clearTimeout(this.#timers.retry);
  };

  send = (frame) => {
    if (this.welcome) this.#socket.send(JSON.stringify(frame));
  };

  /** Follow the page's life: an open socket would keep it out of the back-forward cache. */
  follow(page) {
    page.addEventListener("pagehide", this.close);
    page.addEventListener("pageshow", (event) => event.persisted && this.open());
    page.addEventListener("online", this.open);
    // A socket on a network that has gone says nothing until it times out.
    page.addEventListener("offline", () => this.#socket && this.#drop());
  }

  #receive(frame) {
    this.#heardAt = this.#machine.now();
    if (frame.type === "welcome") {
      this.welcome = frame;
      this.#tries = 0;
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

  // A closing handshake with a dead peer takes a minute: do not wait for it.
  #drop() {
    const socket = this.#socket;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lose(1006);
  }

  #forget() {
    this.#socket = this.welcome = null;
    this.#machine.clearTimeout(this.#timers.watch);
  }

  #delay() {
    const [least, most] = this.#comeBack ?? [0, Math.min(MOST_MS, FIRST_MS * 2 ** this.#tries++)];
    return least + this.#machine.random() * (most - least);
  }

  #watch = () => {
    const patience = this.welcome ? this.welcome.ping_ms + SLACK_MS : OPEN_MS;
    if (this.#machine.now() - this.#heardAt > patience) return this.#drop();
    this.#timers.watch = this.#machine.setTimeout(this.#watch, WATCH_MS);
    if (this.welcome) this.#hear({ type: "tick" });
  };
}
