// <report-count>: how much of what was reported waits for a moderator, in every page's head. One decision is for all
// that was said of a thing, so things are counted.

import { BadgeCount } from "./badge-count.js";
import { request } from "./requests.js";

const nameOf = ({ subject }) => `${subject.type}:${subject.id}`;

export class ReportCount extends BadgeCount {
  hear({ event, data }) {
    if (event.startsWith("flag.")) this.take(nameOf(data), data.status === "open");
  }

  async recount() {
    const { data } = await request("GET", "/flags?status=open&per_page=100");
    return data.map(nameOf);
  }
}
