// Drafts in forms: what is written in one is kept, and what was kept, here or elsewhere, is brought back.

import { askIn, endIn } from "./choice.js";
import { Draft } from "./draft.js";
import { keep, namesOf, read } from "../storage.js";
import { request } from "../requests.js";
import { waitsFor } from "../composer/waiting.js";

const FIELDS = ["title", "body", "tags"];
const viewer = () => document.body.dataset.viewer ?? "";
const nameOf = (subject, owner = viewer()) => `draft:${owner}:${subject}`;
const here = () => location.href.split("#")[0];
// One for each subject, whichever form shows it now.
const drafts = new Map();

const machine = {
  request,
  read: (subject) => read(nameOf(subject)) ?? adopt(subject),
  keep: (subject, record) => keep(nameOf(subject), record),
  held: (subject) => waitsFor(subject),
  setTimeout: (act, ms) => setTimeout(act, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** Keep what is written in `form` under `subject`. */
export function keepDraft(form, subject) {
  const fields = FIELDS.map((name) => form.elements[name]).filter(Boolean);
  const draft = draftOf(subject, Boolean(form.elements.version?.value) && viewer() !== "");
  const ended = new AbortController();
  const { signal } = ended;
  form.addEventListener("input", ({ target }) => fields.includes(target) && draft.write(wordsIn(fields)), { signal });
  addEventListener("pagehide", () => form.isConnected && draft.flush(), { signal });
  document.addEventListener("visibilitychange", () => (document.hidden ? draft.flush() : draft.pull()), { signal });
  addEventListener("online", () => draft.push(), { signal });
  draft.open(viewOf(form, fields), shownIn(form, fields));
  return {
    write: () => (draft.write(wordsIn(fields)), draft.save()),
    drop: () => (endIn(form), draft.drop()),
    handOver: (event) => (draft.write(wordsIn(fields)), draft.save(), handOver(event, form, draft)),
    close: () => (draft.close(), ended.abort()),
  };
}

/** The words of a reply that waited are with the server. */
export function tellSent(subject) {
  const draft = drafts.get(subject);
  if (draft) return draft.sent();
  const record = read(nameOf(subject));
  // Begun since: it goes on from nothing.
  if (record) keep(nameOf(subject), { ...record, base: undefined });
}

/** Forget drafts that the page before this one handed over, but for those whose form is here again. */
export function forgetHandedOver(subjects) {
  for (const name of namesOf(nameOf(""))) {
    const from = read(name)?.from;
    if (from && from === document.referrer && !subjects.some((subject) => nameOf(subject) === name)) keep(name, null);
  }
}

/** The page before this one handed its words over, and the server gave them back unread: they are this page's now. */
export function takeBack() {
  for (const name of namesOf(nameOf(""))) {
    const record = read(name);
    if (record?.from && record.from === document.referrer) keep(name, { ...record, from: here() });
  }
}

// The words go to the server by an ordinary form: it is known to have them when its answer is a page.
function handOver(event, form, draft) {
  if (navigator.onLine) return draft.leave(here());
  event.preventDefault();
  tellIn(form, "There is no connection. Your words are kept here; send them when it is back.");
}

function tellIn(form, words) {
  const line = form.querySelector("[data-slot=draft]");
  if (line && (words || line.textContent)) line.textContent = words;
}

function draftOf(subject, synced) {
  if (!drafts.has(subject)) drafts.set(subject, new Draft(subject, machine, synced));
  return drafts.get(subject);
}

// What was written before one signed in.
function adopt(subject) {
  const record = read(nameOf(subject, ""));
  if (record && viewer()) keep(nameOf(subject, ""), null);
  return record;
}

function viewOf(form, fields) {
  return {
    show: (words) => {
      for (const field of fields) if (field.value !== words[field.name]) field.value = words[field.name];
      fields[0].dispatchEvent(new Event("change", { bubbles: true }));
    },
    tell: (words) => tellIn(form, words),
    ask: (theirs, choose) => askIn(form, theirs, choose),
  };
}

function shownIn(form, fields) {
  const field = form.elements.version;
  const words = wordsIn(fields);
  const version = Number(field?.value ?? 0);
  const state = field?.dataset.kept === undefined ? (words.body ? "refused" : "unknown") : "kept";
  return { words, version, state };
}

function wordsIn(fields) {
  const values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  return { title: "", body: "", tags: "", ...values };
}
