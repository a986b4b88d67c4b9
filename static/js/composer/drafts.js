// Drafts of every form that has a subject: kept as one writes, gone when the words are safe elsewhere.

import { keep, namesOf, read } from "../storage.js";

const PAUSE_MS = 300;
const nameOf = (subject) => `draft:${subject}`;

/** Keep what is written in `form` under `subject`, and bring back what was kept. */
export function keepDraft(form, subject) {
  let timer;
  const fields = [...form.elements].filter(({ name, type }) => name && type !== "hidden");
  const save = () => {
    clearTimeout(timer);
    timer = null;
    const values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    const empty = Object.values(values).every((value) => value.trim() === "");
    const kept = keep(nameOf(subject), empty ? null : { values });
    tell(form, kept && !empty ? "Draft saved" : "");
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  // The last words before a page goes, also when it only rests.
  addEventListener("pagehide", () => timer && form.isConnected && save());
  restore(form, subject, fields);
  return { save, drop: () => drop(form, subject, () => clearTimeout(timer)) };
}

/** The words go to the server by an ordinary form: it is known to have them when its answer is a page. */
export function handOver(subject) {
  keep(nameOf(subject), { ...read(nameOf(subject)), from: location.href.split("#")[0] });
}

/** Forget drafts that the page before this one handed over, but for those whose form is here again. */
export function forgetHandedOver(here) {
  for (const name of namesOf("draft:")) {
    const from = read(name)?.from;
    if (from && from === document.referrer && !here.map(nameOf).includes(name)) keep(name, null);
  }
}

/** The page before this one handed its words over, and the server gave them back unread: they are this page's now. */
export function takeBack() {
  for (const name of namesOf("draft:")) {
    const draft = read(name);
    if (draft?.from && draft.from === document.referrer) keep(name, { ...draft, from: location.href.split("#")[0] });
  }
}

// What the server put into the form is newer: it comes from the last submit.
function restore(form, subject, fields) {
  const draft = read(nameOf(subject));
  const isEdit = subject.startsWith("edit:");
  if (!draft || (!isEdit && fields.some(({ value }) => value.trim() !== ""))) return;
  for (const field of fields) field.value = draft.values[field.name] ?? field.value;
  tell(form, "Draft saved");
}

function drop(form, subject, stop) {
  stop();
  keep(nameOf(subject), null);
  tell(form, "");
}

function tell(form, words) {
  const line = form.querySelector("[data-slot=draft]");
  if (line) line.textContent = words;
}
