// The post above the thread, as it changes.

import { showWays } from "./comment.js";
import { slot } from "./parts.js";
import { steadily } from "./placement.js";
import { reactionsOf, showReactions } from "./reactions.js";
import { showToggle } from "../toggle.js";

export class ThreadPost {
  #thread;
  #article;

  constructor(thread) {
    this.#thread = thread;
    this.#article = thread.querySelector("article.post");
  }

  hear({ event, seq, data }) {
    if (!data || seq <= Number(this.#article.dataset.seq)) return;
    if (event === "reactions.changed") return this.#react(data, seq);
    if (event !== "post.removed") return this.take(data);
    this.#article.dataset.seq = seq;
    this.gone();
  }

  #react({ reactions }, seq) {
    this.#article.dataset.seq = seq;
    steadily(() => showReactions(reactionsOf(this.#article), reactions));
  }

  take(post, anyway = false) {
    if (!anyway && post.seq <= Number(this.#article.dataset.seq)) return;
    this.#article.dataset.seq = post.seq;
    const title = slot(this.#article, "title");
    document.title = document.title.replace(title.textContent, () => post.title);
    title.textContent = post.title;
    steadily(() => this.#show(post.body_html));
    const edited = slot(this.#article, "edited");
    if (edited) edited.hidden = !post.edited_at;
    this.#mark(post);
    this.#open(!post.locked || "moderates" in this.#thread.dataset, post.locked);
  }

  /** It cannot be read any more. */
  gone() {
    this.#article.classList.add("is-removed");
    steadily(() => this.#show("<p>This post was removed.</p>"));
    this.#open(false);
  }

  #show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const body = slot(this.#article, "body");
    if (fresh.innerHTML !== body.innerHTML) body.replaceChildren(fresh.content);
  }

  #mark(post) {
    for (const state of ["pinned", "locked"]) {
      const mark = slot(this.#article, state);
      if (mark) steadily(() => (mark.hidden = !post[state]));
      const form = this.#article.querySelector(`[data-turns="${state}"]`);
      if (form) showToggle(form, post[state]);
    }
  }

  // Words that somebody is writing stay where they are, to be copied at least.
  #open(open, locked = false) {
    if (open) this.#article.classList.remove("is-removed");
    this.#thread.toggleAttribute("data-closed", !open);
    slot(this.#thread, "closed").hidden = open || !locked;
    for (const item of this.#thread.querySelectorAll(".comment[data-comment]")) showWays(item, this.#thread);
    for (const form of this.#thread.querySelectorAll("[data-composer]")) {
      form.hidden = !open && form.elements.body.value === "";
    }
  }
}
