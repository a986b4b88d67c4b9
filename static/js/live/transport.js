// Which way frames go: by WebSocket, and by long poll for as long as WebSockets do not pass.

import { Backoff } from "./backoff.js";
import { Connection } from "./connection.js";
import { Polling } from "./polling.js";

const NEVER_PASSED = 2; // sockets that closed without a word, before one is taken to be blocked
const PASSED_ONCE = 5; // the same where one has passed before: a restart looks like this, too
const PROBE_MS = 60_000;
const MOST_PROBE_MS = 600_000;

/** `hear` gets all frames, and { type: "closed", code } when the line is lost. */
export class Transport {
  #machine;
  #hear;
  #socket;
  #polling;
  #current;
  #spoken = false; // whether this socket said anything
  #passed = false;
  #failures = 0;
  #probes;
  #timer;

  constructor(machine, hear) {
    this.#machine = machine;
    this.#hear = hear;
    this.#socket = this.#current = new Connection(machine, (frame) => this.#hearSocket(frame));
    this.#polling = new Polling(machine, (frame) => this.#hearPolling(frame));
    this.#probes = new Backoff(machine, PROBE_MS, MOST_PROBE_MS);
    this.#follow(machine.page);
  }

  get welcome() {
    return this.#current.welcome;
  }

  send = (frame) => this.#current.send(frame);

  open = () => {
    this.#current.open();
    if (this.#current === this.#polling) this.#probeLater();
  };

  close = () => {
    this.#socket.close();
    this.#polling.close();
    this.#machine.clearTimeout(this.#timer);
  };

  // An open socket would keep the page out of the back-forward cache.
  #follow(page) {
    page.addEventListener("pagehide", this.close);
    page.addEventListener("pageshow", (event) => event.persisted && this.open());
    page.addEventListener("online", () => (this.#current.open(), this.#socket.open()));
    // A line on a network that has gone says nothing until it times out.
    page.addEventListener("offline", () => this.#current.drop());
  }

  #hearSocket(frame) {
    if (frame.type === "closed") return this.#loseSocket(frame);
    this.#spoken = true;
    if (frame.type === "welcome") this.#takeSocket();
    if (this.#current === this.#socket) this.#hear(frame);
  }

  #takeSocket() {
    this.#passed = true;
    this.#failures = 0;
    this.#current = this.#socket;
    this.#polling.close();
    this.#machine.clearTimeout(this.#timer);
    this.#probes.reset();
  }

  #loseSocket(frame) {
    this.#failures = this.#spoken ? 0 : this.#failures + 1;
    this.#spoken = false;
    if (this.#current === this.#polling) return this.#probeLater();
    this.#hear(frame);
    const blocked = this.#failures >= (this.#passed ? PASSED_ONCE : NEVER_PASSED);
    if (blocked && this.#machine.http !== undefined) this.#polling.open();
  }

  #hearPolling(frame) {
    if (frame.type === "welcome") this.#takePolling();
    if (this.#current === this.#polling) this.#hear(frame);
    // HTTP does not pass either: it is the server or the network, and the socket goes on trying.
    else if (frame.type === "closed") this.#polling.close();
  }

  #takePolling() {
    this.#current = this.#polling;
    this.#probeLater();
  }

  /** Try the socket again after a while, and only then. */
  #probeLater() {
    this.#socket.close();
    this.#machine.clearTimeout(this.#timer);
    this.#timer = this.#machine.setTimeout(this.#socket.open, this.#probes.next());
  }
}
