// One comment's markup, filled from data: the page's own template, so that there is one partial.

import { showFace, showName } from "../faces.js";
import { hides } from "../hiding.js";
import { reactionsOf, showReactions } from "./reactions.js";
import { articleOf, slot } from "./parts.js";
import { tellTimes } from "../times.js";

/** An empty comment out of the page's template. */
export function newItem(thread) {
  const template = thread.querySelector("template[data-comment-template]");
  return document.importNode(template.content, true).querySelector("li");
}

/** Write `comment` into its item; what did not change is not touched. */
export function fill(item, comment, thread) {
  const { id, seq, parent_id: parent, author, removed } = comment;
  item.id = `comment-${id}`;
  Object.assign(item.dataset, { comment: id, seq, parent: parent ?? "" });
  if (!removed) item.dataset.author = author?.id ?? "";
  const article = articleOf(item);
  article.setAttribute("aria-labelledby", `comment-${id}-name`);
  slot(article, "name").id = `comment-${id}-name`;
  if (!removed) showAuthor(article, author, thread);
  showHeader(article, comment);
  if (isHidden(comment, thread)) return hide(item);
  item.classList.remove("is-hidden");
  if (removed) return markRemoved(item, removed, thread);
  item.classList.remove("is-removed");
  item.classList.toggle("is-own", isOwn(item, thread));
  showBody(article, comment.body_html);
  showActions(item, thread);
  showReactionsOf(item, comment);
  tellTimes(article);
}

/** Whether a block hides it: the server has left its words out, or the list says so. One that is asked for itself is shown. */
export function isHidden({ id, body_html: html, author, removed }, { dataset }) {
  return !removed && (html === null || (hides(author) && dataset.branch !== String(id)));
}

/** Show nothing of a comment but its place, and that only where something hangs on it. */
export function hide(item) {
  item.classList.add("is-hidden");
  item.classList.remove("is-removed", "is-own");
  const article = articleOf(item);
  showFace(slot(article, "face"), null);
  const name = slot(article, "name");
  name.textContent = "Hidden";
  name.removeAttribute("href");
  for (const mark of ["op", "edited"]) slot(article, mark).hidden = true;
  slot(article, "body").replaceChildren(Object.assign(document.createElement("p"), { textContent: "Hidden by a block." }));
  for (const link of article.querySelectorAll("[data-action=report]")) link.hidden = true;
  showReactions(reactionsOf(item), {}, []);
  tellTimes(article);
}

/** Show that a comment is gone; its place and the answers to it stay. */
export function markRemoved(item, { by, reason }, thread) {
  item.classList.add("is-removed");
  item.classList.remove("is-own");
  const words = by === "moderator" ? "Removed by a moderator." : "Removed by its author.";
  const paragraph = document.createElement("p");
  paragraph.textContent = reason ? `${words} They said: “${reason}”` : words;
  const article = articleOf(item);
  slot(article, "body").replaceChildren(paragraph);
  slot(article, "edited").hidden = true;
  showActions(item, thread, by);
  tellTimes(article);
}

export function showAuthor(article, author, thread) {
  showName(slot(article, "name"), author);
  slot(article, "op").hidden = !author || String(author.id) !== thread.dataset.author;
  showFace(slot(article, "face"), author);
}

function showHeader(article, comment) {
  const permalink = slot(article, "permalink");
  permalink.href = comment.url;
  permalink.hidden = false;
  slot(article, "created").dateTime = comment.created_at;
  const edited = slot(article, "edited");
  edited.href = `${comment.url}/revisions`;
  edited.hidden = !comment.edited_at;
}

function showBody(article, html) {
  const body = slot(article, "body");
  // The server sanitised it; in a template nothing runs or loads while it is compared.
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (fresh.innerHTML !== body.innerHTML) body.replaceChildren(fresh.content);
}

function isOwn(item, { dataset }) {
  return Boolean(dataset.viewer) && item.dataset.author === dataset.viewer;
}

function showReactionsOf(item, { id, reactions, viewer }) {
  const form = reactionsOf(item);
  form.dataset.reactions = `comment:${id}`;
  form.action = `/comments/${id}/reactions`;
  showReactions(form, reactions, viewer?.reactions);
}

// What the events cannot say, because they are the same for everybody: what this reader may do.
function showActions(item, thread, removedBy) {
  const path = `/comments/${item.dataset.comment}`;
  action(item, "reply").href = `${path}/reply`;
  showWays(item, thread);
  // Who has no account has only this one way.
  if (!thread.dataset.viewer) return;
  const own = isOwn(item, thread);
  const moderates = "moderates" in thread.dataset;
  const [edit, remove, restore, report] = ["edit", "remove", "restore", "report"].map((name) => action(item, name));
  edit.href = `${path}/edit`;
  remove.action = `${path}/removal`;
  remove.hidden = !own || Boolean(removedBy);
  restore.action = `${path}/restoration`;
  restore.hidden = !(removedBy === "author" ? own || !restore.hidden : removedBy === "moderator" && moderates);
  if (report) {
    report.hidden = own || Boolean(removedBy);
    report.href = `/flags/new?subject=comment:${item.dataset.comment}`;
  }
  const takeDown = action(item, "take-down");
  if (!takeDown) return;
  takeDown.href = `${path}/removal`;
  takeDown.hidden = own || Boolean(removedBy);
}

/** Reply and Edit, which end while the thread is closed. */
export function showWays(item, thread) {
  const open = Boolean(thread.querySelector("[data-composer]")) && !("closed" in thread.dataset);
  const gone = item.matches(".is-removed, .is-hidden");
  action(item, "reply").hidden = !open || gone;
  const edit = action(item, "edit");
  if (edit) edit.hidden = !open || gone || !isOwn(item, thread);
}

const action = (item, name) => articleOf(item).querySelector(`[data-action="${name}"]`);

/** Plain words as paragraphs, before the server has rendered them. */
export function showPlain(item, words) {
  const paragraphs = words.trim().split(/\n{2,}/).map((part) => {
    const paragraph = document.createElement("p");
    part.split("\n").forEach((line, index) => paragraph.append(...(index ? [document.createElement("br"), line] : [line])));
    return paragraph;
  });
  slot(articleOf(item), "body").replaceChildren(...paragraphs);
}
