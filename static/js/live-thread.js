// <live-thread>: a post and its comments, kept as a fresh load would show them.

import { Composer } from "./composer/composer.js";
import { Outbox } from "./composer/outbox.js";
import { Replies } from "./composer/replies.js";
import { pageLive } from "./page-live.js";
import { actInPlace } from "./thread/actions.js";
import { Comments, goTo } from "./thread/comments.js";
import { foldBranches } from "./thread/fold.js";
import { News } from "./thread/news.js";
import { ThreadPost } from "./thread/post.js";
import { loadSnapshot } from "./thread/snapshot.js";

export class LiveThread extends HTMLElement {
  connectedCallback() {
    if (this.comments) return;
    this.news = new News(this, () => this.showNews());
    this.comments = new Comments(this, this.news);
    this.post = new ThreadPost(this);
    foldBranches(this);
    actInPlace(this, this.comments);
    this.write();
    this.follow();
  }

  /** Composers; someone without an account posts the form as it is, and the server keeps the words. */
  write() {
    const form = this.querySelector("[data-composer]");
    if (!form) return;
    const outbox = this.dataset.viewer && new Outbox(this, this.comments, (body, parent) => this.rewrite(body, parent));
    this.composer = new Composer(form, outbox?.send);
    this.replies = new Replies(this, outbox?.send);
    outbox?.resume();
    if (outbox) pageLive().onStatus(({ state }) => state === "live" && outbox.retry());
  }

  rewrite(body, parent) {
    const item = parent && parent !== this.dataset.branch && this.comments.find(parent);
    (item ? this.replies.under(item) : this.composer).write(body);
  }

  follow() {
    const { channel, epoch, seq } = this.dataset;
    pageLive().subscribe(channel, {
      epoch,
      seq: Number(seq),
      onEvent: (event) => (event.event.startsWith("comment.") ? this.comments : this.post).hear(event),
      onResync: (lost) => this.reload(lost),
      onGone: () => this.post.gone(),
    });
  }

  async reload({ reason }) {
    const snapshot = await loadSnapshot(this.dataset.post);
    const fromAnotherLog = reason === "epoch";
    this.post.take(snapshot.post, fromAnotherLog);
    this.comments.reconcile(snapshot, fromAnotherLog);
    return snapshot;
  }

  showNews() {
    this.comments.release(true);
    const first = this.news.first();
    if (first) goTo(first);
    else location.assign(`?after=${this.dataset.nextAfter}#replies`);
  }
}
