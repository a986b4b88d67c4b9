// <unread-count>: how many notifications are new, in every page's head. It knows them by id, so nothing counts twice.

import { blockChanged } from "./hiding.js";
import { pageLive } from "./page-live.js";
import { request } from "./requests.js";

const MOST = 99;

export class UnreadCount extends HTMLElement {
  #listeners = new Set();

  connectedCallback() {
    const { channel, epoch, seq, unread } = this.dataset;
    this.unread = new Set(JSON.parse(unread));
    pageLive().subscribe(channel, {
      epoch,
      seq: Number(seq),
      onEvent: (event) => this.hear(event),
      onResync: () => this.reload(),
    });
  }

  /** `listen()` is called after each change of one's notifications; the page of them shows it. */
  onChange(listen) {
    this.#listeners.add(listen);
  }

  hear({ event, data }) {
    if (event === "block.changed" && data) return blockChanged(data);
    if (!event.startsWith("notification.") || !data) return;
    const full = this.unread.size > MOST;
    if (data.read_at) this.unread.delete(data.id);
    else this.unread.add(data.id);
    // Beyond a hundred nobody counted: there may be others instead of this one.
    if (full && this.unread.size <= MOST) this.reload();
    else this.show();
  }

  /** What is unread now, after a loss. */
  async reload() {
    const { data } = await request("GET", "/notifications?unread=true&limit=100");
    this.unread = new Set(data.map(({ id }) => id));
    this.show();
  }

  show() {
    const { size } = this.unread;
    const badge = this.querySelector("[data-slot=badge]");
    badge.hidden = size === 0;
    badge.querySelector("[data-slot=count]").textContent = size > MOST ? "99+" : size;
    this.#listeners.forEach((listen) => listen());
  }
}
