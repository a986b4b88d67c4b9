// Where a comment belongs on this page, and the line that counts what is too deep for it.

import { repliesOf, slot } from "./parts.js";
import { request } from "../requests.js";
import { numberIn, plural } from "../words.js";

export class Depths {
  #thread;
  #owners = new Map(); // id of a comment that is too deep → the item of its last visible ancestor

  constructor(thread) {
    this.#thread = thread;
  }

  /** The list that it goes into, or "later" (a further page), "deeper", "elsewhere". */
  placeOf({ id, parent_id: parent }, comments) {
    const { branch, after, nextAfter, maxDepth } = this.#thread.dataset;
    if (id > Number(nextAfter)) return "later";
    if (id <= Number(after)) return "elsewhere";
    const item = parent && comments.find(parent);
    if (item) return Number(item.dataset.depth) < Number(maxDepth) ? repliesOf(item) : "deeper";
    if (this.#owners.has(parent)) return "deeper";
    if (branch) return "elsewhere";
    // A reply whose parent is on an earlier page stands as a root, as the server has it.
    return !parent || parent <= Number(after) ? comments.listOf(null) : "deeper";
  }

  /** Count one more that is too deep, in the line of its last visible ancestor. */
  async deepen({ id, parent_id: parent }, comments) {
    const owner = this.#known(parent, comments) ?? (await this.#ask(parent, comments).catch(() => null));
    if (!owner || this.#owners.has(id)) return;
    this.#owners.set(id, owner);
    const more = slot(owner, "more");
    const before = numberIn(more.textContent);
    // A line without a number counts comments that only the server knows of.
    if (more.hidden || before) tell(more, before + 1);
  }

  /** Count everything again out of all comments of the thread. */
  recount(all, comments) {
    const counts = new Map();
    this.#owners.clear();
    for (const { id, parent_id: parent } of all) {
      const owner = comments.find(id) ? null : this.#ownerBelow(parent, comments);
      if (!owner) continue;
      this.#owners.set(id, owner);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    counts.forEach((count, owner) => tell(slot(owner, "more"), count));
  }

  // The item whose line counts the replies to this comment, if they are too deep.
  #ownerBelow(parent, comments) {
    const item = comments.find(parent);
    if (!item) return this.#owners.get(parent);
    return Number(item.dataset.depth) >= Number(this.#thread.dataset.maxDepth) ? item : null;
  }

  #known(id, comments) {
    return comments.find(id) ?? this.#owners.get(id);
  }

  // The page does not know which comments it hides, so the way up is asked for.
  async #ask(id, comments) {
    const way = [];
    let owner;
    while (id && !(owner = this.#known(id, comments))) {
      way.push(id);
      id = (await request("GET", `/comments/${id}`)).data.parent_id;
    }
    for (const passed of owner ? way : []) this.#owners.set(passed, owner);
    return owner;
  }
}

function tell(more, count) {
  more.hidden = false;
  more.querySelector("a").textContent = `Continue this branch (${plural(count, "reply", "replies")})`;
}
