// How many things wait, in every page's head: known by name, so that nothing counts twice.

import { pageLive } from "./page-live.js";

const MOST = 99;

/** Who extends it says what `hear` makes of an event, and in `recount` what there is after a loss. */
export class BadgeCount extends HTMLElement {
  #listeners = new Set();

  connectedCallback() {
    const { channel, epoch, seq, counted } = this.dataset;
    if (!channel) return;
    this.counted = new Set(JSON.parse(counted));
    pageLive().subscribe(channel, {
      epoch,
      seq: Number(seq),
      onEvent: (event) => event.data && this.hear(event),
      onResync: () => this.reload(),
    });
  }

  /** `listen()` is called after each change, also for those before; the page of these things shows it. */
  onChange(listen) {
    this.#listeners.add(listen);
    if (this.changed) listen();
  }

  /** Whether `name` waits from now on. */
  take(name, waits) {
    const full = this.counted.size > MOST;
    if (waits) this.counted.add(name);
    else this.counted.delete(name);
    // Beyond a hundred nobody counted: there may be others instead of this one.
    if (full && this.counted.size <= MOST) this.reload();
    else this.show();
  }

  async reload() {
    this.counted = new Set(await this.recount());
    this.show();
  }

  show() {
    this.changed = true;
    const { size } = this.counted;
    const badge = this.querySelector("[data-slot=badge]");
    badge.hidden = size === 0;
    badge.querySelector("[data-slot=count]").textContent = size > MOST ? "99+" : size;
    this.#listeners.forEach((listen) => listen());
  }
}
