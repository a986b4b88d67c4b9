// What may be said about how fresh the page is: live, catching-up or offline.

import { SLACK_MS } from "./connection.js";

const CHECKED_MS = 3000;

/** `until` is the time (ms) up to which what is shown is known to be complete; null when nobody knows. */
export class Status {
  #machine;
  #listeners = new Set();
  #check = null; // { at, age }: when we heard of the last look at the tips, and its age then
  #fresh = false; // a check came that has not been looked at
  #said = { state: "catching-up", until: null, code: null };

  constructor(machine) {
    this.#machine = machine;
  }

  listen(listener) {
    this.#listeners.add(listener);
    listener(this.#said);
    return () => this.#listeners.delete(listener);
  }

  checked = (age) => {
    this.#check = { at: this.#machine.now(), age };
    this.#fresh = true;
  };

  hear(frame) {
    if (frame.type === "ping") this.checked(frame.checked_ms);
    if (frame.type === "closed") this.#check = null;
    this.code = frame.type === "closed" ? frame.code : null;
  }

  look({ welcome }, channels) {
    const caughtUp = channels.length > 0 && channels.every((channel) => channel.caughtUp);
    if (this.#fresh && caughtUp) this.#said.until = this.#check.at - this.#check.age;
    this.#fresh = false;
    const live = caughtUp && this.#isFresh(welcome);
    this.#say(welcome ? (live ? "live" : "catching-up") : "offline");
  }

  #isFresh(welcome) {
    if (!welcome || !this.#check || this.#check.age > CHECKED_MS) return false;
    return this.#machine.now() - this.#check.at <= welcome.ping_ms + SLACK_MS;
  }

  #say(state) {
    const changed = state !== this.#said.state || this.code !== this.#said.code;
    this.#said = { ...this.#said, state, code: this.code };
    if (changed) this.#listeners.forEach((listener) => listener(this.#said));
  }
}
