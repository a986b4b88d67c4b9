// How many people are here, with the names of some; said only while it is known, and not to one who is alone.

import { hides } from "../hiding.js";
import { plural } from "../words.js";

export class Presence {
  #place;

  constructor(thread) {
    this.#place = thread.querySelector("[data-slot=presence]");
  }

  hear({ count, users }) {
    if (!this.#place) return;
    const names = users.filter((user) => !hides(user)).map(({ name }) => name);
    this.#place.hidden = count < 2;
    this.#place.firstElementChild.textContent = `${count.toLocaleString("en")} here`;
    this.#place.lastElementChild.textContent = names.length ? `: ${sentence(names, count - names.length)}` : "";
    this.#place.title = names.length ? sentence(names, count - names.length) : "";
  }

  /** The line is down: nobody knows. */
  forget() {
    if (this.#place) this.#place.hidden = true;
  }
}

function sentence(names, others) {
  const all = others > 0 ? [...names, plural(others, "other", "others")] : names;
  return all.length === 1 ? all[0] : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}
