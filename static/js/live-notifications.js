// <live-notifications>: one's notifications; what is read is said in place.

import { FreshList } from "./fresh-list.js";
import { request } from "./requests.js";

export class LiveNotifications extends FreshList {
  key = "notification";

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
}
