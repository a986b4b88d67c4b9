// <live-posts>: the list of posts. New ones are counted in a line and move nothing; known ones change in place.

import { hides, onBlock } from "./hiding.js";
import { pageLive } from "./page-live.js";
import { request } from "./requests.js";
import { hearReading } from "./thread/reading.js";
import { plural } from "./words.js";

export class LivePosts extends HTMLElement {
  #new = new Set();

  connectedCallback() {
    const { channel, epoch, seq } = this.dataset;
    onBlock((id, blocked) => {
      for (const row of this.querySelectorAll(`[data-author="${id}"]`)) row.classList.toggle("is-hidden", blocked);
    });
    hearReading((post, unread) => this.read(post, unread));
    pageLive().subscribe(channel, {
      epoch,
      seq: Number(seq),
      onEvent: ({ event, data }) => data && this.hear(event, data),
      onActivity: ({ post, comments_count }) => showCount(this.querySelector(`[data-post="${post}"]`), comments_count),
      onResync: () => this.reload(),
    });
  }

  /** Another tab has read on. */
  read(post, unread) {
    const mark = this.querySelector(`[data-post="${post}"] [data-slot=unread]`);
    if (!mark) return;
    mark.textContent = `${unread} new`;
    mark.hidden = unread === 0;
  }

  hear(event, post) {
    if (event === "post.created" && !hides(post.author)) this.#new.add(post.id);
    if (event === "post.removed") this.#new.delete(post.id);
    this.announce();
    const row = this.querySelector(`[data-post="${post.id}"]`);
    if (!row) return;
    if (event === "post.removed") markRemoved(row);
    else fill(row, post);
  }

  announce() {
    const line = this.querySelector(".news-line");
    line.hidden = this.#new.size === 0;
    line.querySelector("[data-slot=news]").textContent = plural(this.#new.size, "new post", "new posts");
  }

  /** After a loss: what the newest posts are, and what became of those on the page. */
  async reload() {
    const { data } = await request("GET", "/posts?sort=recent&per_page=100");
    const rows = [...this.querySelectorAll("[data-post]")];
    const newest = Math.max(0, ...rows.map((row) => Number(row.dataset.post)));
    for (const post of data) if (post.id > newest) this.#new.add(post.id);
    await Promise.all(rows.map((row) => refresh(row)));
    this.announce();
  }
}

async function refresh(row) {
  try {
    const { data } = await request("GET", `/posts/${row.dataset.post}`);
    fill(row, data);
    showCount(row, data.comments_count);
  } catch (refusal) {
    if (refusal.status !== 404) throw refusal;
    markRemoved(row);
  }
}

// Where it would stand now shows at the next load: what is being read does not move.
function showCount(row, count) {
  const place = row?.querySelector("[data-slot=comments-count]");
  if (place) place.textContent = plural(count, "reply", "replies");
}

// Its place stays until the next load, so that nothing below it moves.
function markRemoved(row) {
  row.classList.add("is-removed");
  const excerpt = row.querySelector("[data-slot=excerpt]");
  if (excerpt) excerpt.textContent = "This post was removed.";
}

function fill(row, post) {
  if (post.seq < Number(row.dataset.seq)) return;
  row.dataset.seq = post.seq;
  row.classList.remove("is-removed");
  for (const state of ["pinned", "locked"]) row.querySelector(`[data-slot=${state}]`).hidden = !post[state];
  const title = row.querySelector("[data-slot=title]");
  title.textContent = post.title;
  const excerpt = row.querySelector("[data-slot=excerpt]");
  if (excerpt) excerpt.textContent = post.excerpt;
}
