// <unread-count>: how many notifications are new, in every page's head.

import { BadgeCount } from "./badge-count.js";
import { blockChanged } from "./hiding.js";
import { request } from "./requests.js";

export class UnreadCount extends BadgeCount {
  hear({ event, data }) {
    if (event === "block.changed") blockChanged(data);
    else if (event.startsWith("notification.")) this.take(data.id, !data.read_at);
  }

  async recount() {
    const { data } = await request("GET", "/notifications?unread=true&limit=100");
    return data.map(({ id }) => id);
  }
}
