// <live-notifications>: one's notifications, kept as a fresh load would show them: by such a load.

import { tellTimes } from "./times.js";
import { request } from "./requests.js";

const GATHER_MS = 150;

export class LiveNotifications extends HTMLElement {
  connectedCallback() {
    document.querySelector("unread-count")?.onChange(() => this.plan());
    this.addEventListener("click", (event) => this.open(event.target.closest(".notification.is-unread a")));
    this.addEventListener("submit", (event) => this.mark(event));
  }

  /** Going there is having read it; the request outlives the page. */
  open(link) {
    if (!link) return;
    const { notification } = link.closest("[data-notification]").dataset;
    request("PATCH", `/notifications/${notification}`, { read: true }, true).catch(() => {});
  }

  /** In place where it can be; where it fails, as the form it is. */
  async mark(event) {
    event.preventDefault();
    const form = event.target;
    const { notification } = form.closest("[data-notification]")?.dataset ?? {};
    try {
      if (notification) await request("PATCH", `/notifications/${notification}`, { read: form.read.value === "true" });
      else await request("POST", "/notifications/read");
      this.plan();
    } catch {
      form.submit();
    }
  }

  plan() {
    this.timer ??= setTimeout(() => this.refresh(), GATHER_MS);
  }

  async refresh() {
    this.timer = undefined;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = fresh.querySelector("live-notifications [data-slot=list]");
    if (found) replace(this.querySelector("[data-slot=list]"), document.adoptNode(found));
  }
}

/** What is the same stays the element that it was, and so does whoever stands in it. */
function replace(list, fresh) {
  const { activeElement } = document;
  const focused = list.contains(activeElement) && activeElement.closest("[data-notification]")?.dataset.notification;
  for (const item of fresh.querySelectorAll("[data-notification]")) {
    const known = list.querySelector(`[data-notification="${item.dataset.notification}"]`);
    if (known && plain(known) === plain(item)) item.replaceWith(known);
  }
  list.replaceChildren(...fresh.childNodes);
  tellTimes(list);
  if (focused && !list.contains(document.activeElement)) {
    list.querySelector(`[data-notification="${focused}"] :is(button, a)`)?.focus();
  }
}

// Times say how long ago it was, in words that change.
function plain(item) {
  const copy = item.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.replaceWith(time.dateTime);
  return copy.innerHTML + copy.className;
}
