// <live-status>: what may be said about how fresh this page is, and not more.

import { pageLive } from "./page-live.js";
import { clockTime } from "./times.js";

const FIRST_MS = 1500;

export class LiveStatus extends HTMLElement {
  connectedCallback() {
    // The first moments of every page are catching up: that is not worth a word.
    this.quiet = setTimeout(() => (this.hidden = false), FIRST_MS);
    this.leave = pageLive().onStatus((status) => this.show(status));
  }

  disconnectedCallback() {
    clearTimeout(this.quiet);
    this.leave();
  }

  show({ state, until, code }) {
    this.dataset.state = state;
    this.textContent = words(state, until, code);
    if (state === "live") this.hidden = false;
  }
}

function words(state, until, code) {
  if (state === "live") return "Live";
  if (state === "catching-up") return "Catching up";
  if (code === 4401) return "Offline: you were signed out. Reload to go on";
  return until ? `Offline: showing what arrived until ${clockTime(until)}` : "Offline: newer things may be missing";
}
