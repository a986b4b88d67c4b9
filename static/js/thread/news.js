// The line that tells of new replies, and the glow of each once it is seen.

import { articleOf } from "./parts.js";
import { plural } from "../words.js";

const GLOW_MS = 2500;
const GATHER_MS = 150;

/** `unseen` are comments that are not on the screen: above, below, held back, or on a later page. */
export class News {
  #line;
  #button;
  #unseen = new Map(); // id → its item, or null while it is not on the page
  #timer;
  #watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)));

  constructor(thread, onPress) {
    this.#line = thread.querySelector(".news-line");
    this.#button = this.#line.querySelector("[data-slot=news]");
    this.#button.addEventListener("click", () => onPress(this));
  }

  /** Tell of a comment; with its item, until that has come into view. */
  add(id, item = null) {
    this.#unseen.set(id, item);
    if (item) this.#watcher.observe(articleOf(item));
    this.#tell();
  }

  forget(id) {
    this.#unseen.delete(id);
    this.#tell();
  }

  /** The first new item in the order of the page, if any is on it. */
  first() {
    const items = [...this.#unseen.values()].filter((item) => item?.isConnected);
    return items.reduce((first, item) => (first && !precedes(item, first) ? first : item), null);
  }

  #look({ isIntersecting, target }) {
    if (!isIntersecting) return;
    this.#watcher.unobserve(target);
    const item = target.parentElement;
    this.forget(Number(item.dataset.comment));
    item.classList.add("is-new");
    setTimeout(() => item.classList.remove("is-new"), GLOW_MS);
  }

  // A moment later, so that what came into view at once is not announced.
  #tell() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const count = this.#unseen.size;
      if (count) this.#button.textContent = plural(count, "new reply", "new replies");
      this.#line.hidden = count === 0;
    }, GATHER_MS);
  }
}

const precedes = (one, other) =>
  Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
