// <export-progress>: moves the bar of an archive that is being put together, and shows the page anew once it is there.

import { request } from "./requests.js";

const LOOK_MS = 1500;
const WAIT_MS = 10_000;

export class ExportProgress extends HTMLElement {
  connectedCallback() {
    this.next = setTimeout(() => this.look(), LOOK_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.next);
  }

  async look() {
    let wait = LOOK_MS;
    try {
      this.show((await request("GET", `/exports/${this.dataset.export}`)).data);
    } catch {
      // It goes on being put together, whether we can see it or not.
      wait = WAIT_MS;
    }
    if (this.isConnected) this.next = setTimeout(() => this.look(), wait);
  }

  show({ status, progress }) {
    this.querySelector("progress").value = progress;
    if (status === "running") this.say(this.dataset.running);
    // It was being put together before, and waits again.
    if (status === "queued" && this.ran) this.say(this.dataset.waiting);
    this.ran ||= status === "running";
    if (status === "done" || status === "failed") location.reload();
  }

  say(words) {
    this.querySelector("label").textContent = words;
  }
}
