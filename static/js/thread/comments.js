// The comments of this page: which there are, how new each is, how many, and where a new one goes.

import { fill, hide, isHidden, newItem } from "./comment.js";
import { articleOf, repliesOf, slot } from "./parts.js";
import { Depths } from "./depths.js";
import { fold } from "./fold.js";
import { hasRoom, settle, steadily } from "./placement.js";
import { reactionsOf, showReactions } from "./reactions.js";
import { numberIn, plural } from "../words.js";

const CHANGES = { "comment.created": 1, "comment.removed": -1, "comment.restored": 1 };

export class Comments {
  /** Gives the item of an own comment that was on the screen before the server knew it. */
  claim = () => null;
  #thread;
  #news;
  #depths;
  #known = new Map(); // id → { seq, removed }
  #held = new Map(); // id → comment that would move what is being read
  #total;
  #words = "";

  constructor(thread, news) {
    this.#thread = thread;
    this.#news = news;
    this.#depths = new Depths(thread);
    this.#total = numberIn(slot(thread, "comments-count").textContent);
    for (const item of thread.querySelectorAll(".comment[data-comment]")) this.#learn(item);
    addEventListener("scroll", () => this.#held.size && requestAnimationFrame(() => this.release()), { passive: true });
  }

  find(id) {
    return this.#thread.querySelector(`#comment-${id}`);
  }

  /** Where replies to `parent` go; the thread's own list for null. */
  listOf(parent) {
    const item = parent && this.find(parent);
    return item ? repliesOf(item) : this.#thread.querySelector("[data-replies]");
  }

  hear({ event, seq, data }) {
    if (event === "reactions.changed") return this.#react(data, seq);
    // What was removed later has no data in the log; it still counts, and its removal follows.
    if (data) this.take(data, CHANGES[event] ?? 0);
    else this.#count(CHANGES[event] ?? 0);
  }

  /** Take a comment as it stands; `change` is what it adds to the count if we did not know of it. */
  take(comment, change = 0) {
    const known = this.#known.get(comment.id);
    if (known && comment.seq <= known.seq) return;
    const removed = Boolean(comment.removed);
    this.#known.set(comment.id, { seq: comment.seq, removed });
    this.#count(known ? known.removed - removed : change);
    if (removed) this.#news.forget(comment.id);
    this.#show(comment);
  }

  #react({ subject, reactions }, seq) {
    const id = Number(subject.split(":")[1]);
    const known = this.#known.get(id);
    if (!known || seq <= known.seq) return;
    known.seq = seq;
    const held = this.#held.get(id);
    if (held) this.#held.set(id, { ...held, reactions, seq });
    const item = this.find(id);
    if (item) steadily(() => showReactions(reactionsOf(item), reactions));
  }

  /** After a loss: everything as `snapshot` has it, and nothing that it has not. */
  reconcile({ comments, seq }, fromAnotherLog) {
    if (fromAnotherLog) for (const known of this.#known.values()) known.seq = -1;
    const there = new Set(comments.map(({ id }) => id));
    for (const [id, known] of this.#known) if (known.seq <= seq && !there.has(id)) this.#drop(id);
    for (const comment of comments) this.take(comment);
    this.#depths.recount(comments, this);
    this.#setCount([...this.#known.values()].filter(({ removed }) => !removed).length);
  }

  /** What this member wrote is hidden from now on. */
  hide(author) {
    for (const item of this.#thread.querySelectorAll(`.comment[data-author="${author}"]`)) {
      if (item.dataset.comment === this.#thread.dataset.branch) continue;
      this.#news.forget(Number(item.dataset.comment));
      steadily(() => hide(item));
    }
  }

  /** What was hidden and has words in `comments` is shown, with everything that one may do with it. */
  reveal(comments) {
    for (const comment of comments) {
      const item = this.find(comment.id);
      if (!item?.classList.contains("is-hidden") || isHidden(comment, this.#thread)) continue;
      articleOf(item).replaceWith(articleOf(newItem(this.#thread)));
      steadily(() => fill(item, comment, this.#thread));
    }
  }

  /** Put in what was held back: all of it, or what has room by now. */
  release(all = false) {
    for (const [id, comment] of [...this.#held].sort(([one], [other]) => one - other)) {
      this.#held.delete(id);
      this.#place(comment, all);
    }
  }

  /** Put an item where its id belongs among its siblings; one without an id is the last. */
  insert(item, list) {
    const next = nextOf(list, Number(item.dataset.comment ?? Infinity));
    if (item.parentElement !== list || item.nextElementSibling !== next) list.insertBefore(item, next);
  }

  #learn(item) {
    const removed = item.classList.contains("is-removed");
    this.#known.set(Number(item.dataset.comment), { seq: Number(item.dataset.seq), removed });
  }

  #show(comment) {
    const claimed = this.claim(comment);
    const item = claimed ?? this.find(comment.id);
    if (this.#held.has(comment.id)) this.#held.set(comment.id, comment);
    else if (!item) this.#place(comment);
    else
      steadily(() => {
        fill(item, comment, this.#thread);
        if (claimed) this.insert(item, item.parentElement);
      });
  }

  #place(comment, anyway = false) {
    if (this.#held.has(comment.parent_id)) return this.#hold(comment);
    const place = this.#depths.placeOf(comment, this);
    if (place === "deeper") this.#depths.deepen(comment, this);
    else if (place === "later") this.#announce(comment, null);
    else if (place === "elsewhere") return;
    else if (anyway || hasRoom(place, nextOf(place, comment.id))) this.#put(comment, place);
    else this.#hold(comment);
  }

  #hold(comment) {
    this.#held.set(comment.id, comment);
    this.#announce(comment, null);
  }

  #put(comment, list) {
    const item = newItem(this.#thread);
    item.dataset.depth = Number(list.closest(".comment")?.dataset.depth ?? -1) + 1;
    fill(item, comment, this.#thread);
    steadily(() => this.insert(item, list));
    this.reading?.watch(item);
    this.#announce(comment, item);
  }

  #announce(comment, item) {
    if (!comment.removed && !isHidden(comment, this.#thread)) this.#news.add(comment.id, item);
  }

  #drop(id) {
    this.#known.delete(id);
    this.#held.delete(id);
    this.#news.forget(id);
    const item = this.find(id);
    if (item) steadily(() => item.remove());
  }

  #count(change) {
    if (change) this.#setCount(this.#total + change);
  }

  // Written once a turn, beside the thread too.
  #setCount(count) {
    if (count === this.#total) return;
    this.#total = count;
    queueMicrotask(() => {
      const words = plural(this.#total, "reply", "replies");
      if (words === this.#words) return;
      this.#words = words;
      for (const place of document.querySelectorAll("[data-slot=comments-count]")) place.textContent = words;
    });
  }
}

function nextOf(list, id) {
  let next = null;
  // From the end, where nearly all new ones go.
  for (let item = list.lastElementChild; item && !(item.dataset.comment < id); item = item.previousElementSibling) {
    next = item;
  }
  return next;
}

/** Go to an item as a reader would: unfolded, in view, focused. */
export function goTo(item) {
  for (let folded; (folded = item.parentElement.closest(".is-folded")); ) fold(folded, false);
  settle();
  const article = articleOf(item);
  article.scrollIntoView({ block: "center" });
  article.focus({ preventScroll: true });
}
