// How far this thread was read: the server is told when everything up to a comment has been in view.

import { articleOf } from "./parts.js";
import { request } from "../requests.js";

const SEEN_MS = 800;
const TELL_MS = 1200;

export class Reading {
  #thread;
  #seen = new Set();
  #told;
  #timer;
  #waiting = new Map();
  #watch = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), { threshold: 0.4 });

  constructor(thread) {
    this.#thread = thread;
    this.#told = Number(thread.dataset.read || -1);
    for (const item of thread.querySelectorAll(".comment[data-comment]")) this.watch(item);
    addEventListener("pagehide", () => this.#tell(true));
    this.#plan();
  }

  /** Notice when this comment is read. */
  watch(item) {
    if (Number(item.dataset.comment) <= this.#told) return;
    const article = articleOf(item);
    // What is taller than the window is read when its end is.
    this.#watch.observe(article.offsetHeight > innerHeight ? article.querySelector(":scope > footer") : article);
  }

  #look({ target, isIntersecting }) {
    clearTimeout(this.#waiting.get(target));
    if (isIntersecting) this.#waiting.set(target, setTimeout(() => this.#read(target), SEEN_MS));
  }

  #read(target) {
    // A page that nobody looks at is not read.
    if (document.hidden) return document.addEventListener("visibilitychange", () => this.#read(target), { once: true });
    this.#watch.unobserve(target);
    this.#seen.add(Number(target.closest(".comment").dataset.comment));
    this.#plan();
  }

  #plan() {
    this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
  }

  /** The last comment up to which each was seen, is one's own, or was read before. */
  get #position() {
    const { viewer } = this.#thread.dataset;
    const items = [...this.#thread.querySelectorAll(".comment[data-comment]")];
    const known = items.map(({ dataset }) => ({ id: Number(dataset.comment), own: dataset.author === viewer }));
    let position = Math.max(this.#told, 0);
    for (const { id, own } of known.sort((one, other) => one.id - other.id)) {
      if (id <= position) continue;
      if (!own && !this.#seen.has(id)) break;
      position = id;
    }
    return position;
  }

  async #tell(leaving = false) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const position = this.#position;
    if (position <= this.#told) return;
    this.#told = position;
    const { post } = this.#thread.dataset;
    try {
      const answer = await request("PUT", `/posts/${post}/read`, { comment_id: position }, leaving);
      if (answer) tellTabs(post, answer.data.viewer.unread_count);
    } catch {
      // It will be told with the next comment that is read.
      this.#told = -1;
    }
  }
}

const tabs = () => new BroadcastChannel("hubbub-read");

function tellTabs(post, unread) {
  const channel = tabs();
  channel.postMessage({ post, unread });
  channel.close();
}

/** Hear of what is read in other tabs: `listen(post, unread)`. */
export function hearReading(listen) {
  tabs().addEventListener("message", ({ data: { post, unread } }) => listen(post, unread));
}
