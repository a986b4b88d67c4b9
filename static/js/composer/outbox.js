// Own replies under way: on the screen at once, kept in this browser until the server has confirmed them.

import { forgetWaiting, keepWaiting, requestOf, subjectOf, waitingReplies } from "./waiting.js";
import { tellSent } from "../drafts/form.js";
import { newItem, showAuthor, showPlain } from "../thread/comment.js";
import { articleOf, say, slot } from "../thread/parts.js";
import { Refusal, request } from "../requests.js";
import { freshKey } from "../words.js";
import { settle, steadily } from "../thread/placement.js";

// One who waits longer than this for a reply to go out would rather say so.
const SOON_MS = 300_000;
const AGAIN_MS = 30_000;

export class Outbox {
  #thread;
  #comments;
  #edit;
  #waiting = new Map(); // key → { body, parent, key, item, failed, refusal }

  /** `edit(body, parent)` gives words back to a composer. */
  constructor(thread, comments, edit) {
    this.#thread = thread;
    this.#comments = comments;
    this.#edit = edit;
    comments.claim = (comment) => this.#claim(comment);
  }

  send = (reply) => {
    const waiting = this.#show(reply);
    this.#keep(waiting);
    settle();
    articleOf(waiting.item).scrollIntoView({ block: "nearest" });
    this.#post(waiting);
  };

  /** After a reload: what was on its way goes on, what was refused is offered again. */
  resume() {
    for (const reply of waitingReplies(this.#thread.dataset.post)) {
      const waiting = this.#show(reply);
      if (reply.failed && !reply.passing) this.#fail(waiting, reply.failed);
      else this.#post(waiting);
    }
  }

  /** The connection is back: try again what had only failed for want of one. */
  retry() {
    for (const waiting of this.#waiting.values()) if (waiting.refusal?.passing) this.#post(waiting);
  }

  #keep({ refusal, ...reply }) {
    // Who was signed out meant to send it all the same.
    const passing = Boolean(refusal?.passing || refusal?.waitMs || refusal?.status === 401);
    keepWaiting(this.#thread.dataset.post, { ...reply, passing });
  }

  #forget({ key, timer }) {
    clearTimeout(timer);
    this.#waiting.delete(key);
    forgetWaiting(this.#thread.dataset.post, key);
  }

  #show({ body, parent, key }) {
    const item = newItem(this.#thread);
    const list = this.#comments.listOf(parent);
    item.removeAttribute("id");
    delete item.dataset.comment;
    item.dataset.depth = Number(list.closest(".comment")?.dataset.depth ?? -1) + 1;
    item.classList.add("is-own");
    showAuthor(articleOf(item), this.#me(), this.#thread);
    showPlain(item, body);
    // It has no address and no time yet.
    slot(articleOf(item), "permalink").hidden = true;
    for (const action of item.querySelectorAll("footer [data-action]")) action.hidden = true;
    steadily(() => this.#comments.insert(item, list));
    const waiting = { body, parent, key, item };
    this.#waiting.set(key, waiting);
    return waiting;
  }

  #me() {
    const me = document.querySelector(".site-viewer");
    const name = me.querySelector(".wide-only").textContent;
    const username = me.getAttribute("href").replace("/@", "");
    const url = me.querySelector("img")?.getAttribute("src") ?? null;
    return { id: Number(this.#thread.dataset.viewer), name, username, avatar_url: url };
  }

  async #post(waiting) {
    const { item, parent, key } = waiting;
    clearTimeout(waiting.timer);
    Object.assign(waiting, { failed: undefined, refusal: undefined });
    item.classList.add("is-sending");
    item.classList.remove("is-failed");
    say(item, "Sending…");
    try {
      const { data } = await request("POST", `/posts/${this.#thread.dataset.post}/comments`, requestOf(waiting));
      this.#comments.take(data, 1);
      this.#finish(key);
      tellSent(subjectOf(this.#thread.dataset.post, parent));
    } catch (error) {
      if (this.#waiting.has(key)) this.#refused(waiting, error);
    }
  }

  // The same key went with other words before: these are new ones.
  #refused(waiting, error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "key_reused") {
      this.#forget(waiting);
      waiting.key = freshKey();
      this.#waiting.set(waiting.key, waiting);
      this.#keep(waiting);
      return this.#post(waiting);
    }
    waiting.refusal = error;
    const soon = error.waitMs !== null && error.waitMs <= SOON_MS;
    this.#fail(waiting, soon ? `That was a lot at once; it goes out by itself in ${error.wait}.` : error.message);
    // Spread, or all that were refused together would come together again.
    const wait = soon ? error.waitMs : error.passing ? AGAIN_MS : null;
    if (wait) waiting.timer = setTimeout(() => this.#post(waiting), wait * (1 + Math.random() / 4));
  }

  #fail(waiting, words) {
    const { item, refusal, body, parent } = waiting;
    waiting.failed = words;
    this.#keep(waiting);
    item.classList.replace("is-sending", "is-failed") || item.classList.add("is-failed");
    const again = button("Send again", () => this.#post(waiting));
    const edit = button("Edit", () => {
      this.#discard(waiting);
      this.#edit(body, parent);
    });
    const signIn = refusal?.status === 401 ? [signInLink()] : [];
    const later = refusal?.passing ? " They go out by themselves when that is over." : "";
    say(item, `Not sent: ${words} Your words are kept here.${later}`, ...signIn, again, edit);
  }

  #claim({ key, author }) {
    const waiting = key && String(author?.id) === this.#thread.dataset.viewer && this.#waiting.get(key);
    if (!waiting) return null;
    this.#forget(waiting);
    waiting.item.classList.remove("is-sending", "is-failed");
    say(waiting.item, "");
    return waiting.item;
  }

  // Still waiting means that the comment was on the page already.
  #finish(key) {
    const waiting = this.#waiting.get(key);
    if (waiting) this.#discard(waiting);
  }

  #discard(waiting) {
    this.#forget(waiting);
    steadily(() => waiting.item.remove());
  }
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  made.addEventListener("click", act);
  return made;
}

function signInLink() {
  const here = encodeURIComponent(location.pathname + location.search);
  return Object.assign(document.createElement("a"), { href: `/sign-in?next=${here}`, textContent: "Sign in" });
}
