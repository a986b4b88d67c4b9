// <live-thread>: a post and its comments, kept as a fresh load would show them.

import { Composer } from "./composer/composer.js";
import { Outbox } from "./composer/outbox.js";
import { Replies } from "./composer/replies.js";
import { onBlock } from "./hiding.js";
import { pageLive } from "./page-live.js";
import { actInPlace } from "./thread/actions.js";
import { Comments, goTo } from "./thread/comments.js";
import { foldBranches } from "./thread/fold.js";
import { Reading } from "./thread/reading.js";
import { reactInPlace } from "./thread/reactions.js";
import { Presence } from "./thread/presence.js";
import { Typing } from "./thread/typing.js";
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
    reactInPlace(this);
    if (this.dataset.viewer) this.comments.reading = new Reading(this);
    onBlock((id, blocked) => (blocked ? this.comments.hide(id) : this.reveal()));
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
    this.presence = new Presence(this);
    pageLive().onStatus(({ state }) => state === "offline" && this.presence.forget());
    this.typing = new Typing(this, () => this.place.typing());
    this.subscribe();
  }

  subscribe() {
    const { channel, epoch, seq } = this.dataset;
    this.place = pageLive().subscribe(channel, {
      epoch,
      seq: Number(seq),
      onEvent: (event) => this.hear(event),
      onTyping: (user) => this.typing.hear(user),
      onPresence: (frame) => this.presence.hear(frame),
      onResync: (lost) => this.reload(lost),
      onGone: (reason) => this.leave(reason),
    });
  }

  hear(event) {
    const { event: kind, seq, data } = event;
    this.dataset.seq = seq;
    if (kind === "comment.created") this.typing.stop(data?.author?.id);
    const ofComment = kind.startsWith("comment.") || data?.subject?.startsWith("comment:");
    (ofComment ? this.comments : this.post).hear(event);
  }

  async reveal() {
    this.comments.reveal((await loadSnapshot(this.dataset.post)).comments);
  }

  leave(reason) {
    this.post.gone();
    if (reason === "removed") this.awaitRestoration();
  }

  /** The post's own channel is closed to us now; that it came back is told where posts come and go. */
  awaitRestoration() {
    const posts = pageLive().subscribe("posts", {
      onEvent: ({ event, data }) => {
        if (event !== "post.restored" || data?.id !== Number(this.dataset.post)) return;
        posts.close();
        this.subscribe();
      },
    });
  }

  async reload({ reason }) {
    const snapshot = await loadSnapshot(this.dataset.post);
    const fromAnotherLog = reason === "epoch";
    this.post.take(snapshot.post, fromAnotherLog);
    this.comments.reconcile(snapshot, fromAnotherLog);
    Object.assign(this.dataset, { epoch: snapshot.epoch, seq: snapshot.seq });
    return snapshot;
  }

  showNews() {
    this.comments.release(true);
    const first = this.news.first();
    if (first) goTo(first);
    else location.assign(`?after=${this.dataset.nextAfter}#replies`);
  }
}
