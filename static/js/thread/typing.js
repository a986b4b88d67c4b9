// Who is writing in this thread: said in one line that is always there, and told while one writes.

import { hides } from "../hiding.js";

const SHOWN_MS = 5000;
const TELL_MS = 2500;

export class Typing {
  #line;
  #viewer;
  #people = new Map(); // id → { name, timer }

  constructor(thread, tell) {
    this.#line = thread.querySelector("[data-slot=typing]");
    this.#viewer = thread.dataset.viewer;
    let last = 0;
    thread.addEventListener("input", ({ target }) => {
      if (!this.#viewer || target.name !== "body" || Date.now() - last < TELL_MS) return;
      last = Date.now();
      tell();
    });
  }

  hear({ id, name }) {
    if (!this.#line || String(id) === this.#viewer || hides({ id })) return;
    clearTimeout(this.#people.get(id)?.timer);
    this.#people.set(id, { name, timer: setTimeout(() => this.stop(id), SHOWN_MS) });
    this.#show();
  }

  /** Their comment has come, or nothing has for a while. */
  stop(id) {
    clearTimeout(this.#people.get(id)?.timer);
    if (this.#people.delete(id)) this.#show();
  }

  #show() {
    const names = [...this.#people.values()].map(({ name }) => name);
    this.#line.textContent = sentence(names);
  }
}

function sentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is writing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are writing`;
  return `${names[0]} and ${names.length - 1} others are writing`;
}
