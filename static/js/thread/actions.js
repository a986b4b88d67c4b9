// Remove and Undo without leaving the page; without JavaScript the same forms are posted.

import { markRemoved } from "./comment.js";
import { say } from "./parts.js";
import { steadily } from "./placement.js";
import { request } from "../requests.js";

const ACTIONS = { remove: [remove, "Not removed"], restore: [restore, "Not brought back"] };

export function actInPlace(thread, comments) {
  thread.addEventListener("submit", async (event) => {
    const item = event.target.closest(".comment");
    const [act, failure] = (item && ACTIONS[event.target.dataset.action]) ?? [];
    if (!act) return;
    event.preventDefault();
    try {
      await act(item, comments, thread);
      say(item, "");
    } catch (refusal) {
      say(item, `${failure}. ${refusal.message}`);
    }
  });
}

async function remove(item, _, thread) {
  await request("DELETE", `/comments/${item.dataset.comment}`);
  steadily(() => markRemoved(item, { by: "author" }, thread));
  focusOn(item, "restore");
}

async function restore(item, comments) {
  const { comment: id } = item.dataset;
  await request("DELETE", `/comments/${id}/removal`);
  comments.take((await request("GET", `/comments/${id}`)).data);
  focusOn(item, "remove", "take-down");
}

// The button that was pressed is hidden now, and focus with it.
function focusOn(item, ...actions) {
  const ways = actions.map((action) => item.querySelector(`:scope > article [data-action=${action}]:not([hidden])`));
  const way = ways.find(Boolean);
  (way?.querySelector("button") ?? way)?.focus({ preventScroll: true });
}
