// Reactions of a post or a comment: chips with counts, pressed in place, and counted again by events.

import { say } from "./parts.js";
import { steadily } from "./placement.js";
import { request } from "../requests.js";

const SIGNS = { like: "👍", love: "❤️", laugh: "😄", wow: "😮", sad: "😢", thanks: "🙏" };

/** The form of a comment's item, or of the post's article. */
export const reactionsOf = (element) => element?.querySelector(":scope > article [data-reactions], :scope > footer [data-reactions]");

/** React without leaving the page; without JavaScript the same form is posted. */
export function reactInPlace(thread) {
  thread.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-reactions]");
    if (!form) return;
    event.preventDefault();
    form.querySelector("details")?.removeAttribute("open");
    await toggle(form, event.submitter.value);
  });
  thread.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest("details.react[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
}

async function toggle(form, value) {
  const kind = value.replace("-", "");
  const taken = value.startsWith("-") || pressed(form).includes(kind);
  const [noun, id] = form.dataset.reactions.split(":");
  const item = form.closest(".comment");
  try {
    const { data } = await request(taken ? "DELETE" : "PUT", `/${noun}s/${id}/reactions/${kind}`);
    steadily(() => showReactions(form, data.reactions, data.viewer?.reactions));
    if (item) say(item, "");
  } catch (refusal) {
    if (item) say(item, `Not counted. ${refusal.message}`);
  }
}

/** Write counts into a form; `own` are this reader's, the ones that are shown when it is not given. */
export function showReactions(form, counts, own = pressed(form)) {
  if (!form) return;
  const may = Boolean(form.querySelector("details"));
  const chips = Object.keys(SIGNS).filter((kind) => counts[kind]).map((kind) => chip(kind, counts[kind], own.includes(kind), may));
  const place = form.querySelector("[data-slot=chips]");
  const focused = place.contains(document.activeElement) && document.activeElement.value.replace("-", "");
  place.replaceChildren(...chips);
  if (focused) chips.find(({ value }) => value.replace("-", "") === focused)?.focus({ preventScroll: true });
}

function pressed(form) {
  return [...form.querySelectorAll('[aria-pressed="true"]')].map(({ value }) => value.replace("-", ""));
}

function chip(kind, count, own, may) {
  const button = Object.assign(document.createElement("button"), { className: "reaction", name: "kind", title: kind });
  button.value = own ? `-${kind}` : kind;
  button.disabled = !may;
  button.setAttribute("aria-pressed", own);
  button.append(span("", SIGNS[kind]), " ", span("reaction-count", count), span("unseen", ` ${kind}`));
  button.firstChild.ariaHidden = "true";
  return button;
}

function span(className, text) {
  return Object.assign(document.createElement("span"), { className, textContent: text });
}
