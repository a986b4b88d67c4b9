// <live-cases>: what was reported and waits for a moderator. What another decides meanwhile leaves the list.

import { FreshList } from "./fresh-list.js";

export class LiveCases extends FreshList {
  key = "case";

  connectedCallback() {
    document.querySelector("report-count")?.onChange(() => this.plan());
  }
}
