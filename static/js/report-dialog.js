// The dialog in which one reports something: the form's own page, without what stands around it there.

import { tellTimes } from "./times.js";

export async function openReport(url) {
  const part = await partOf(fetch(url)).catch(() => null);
  // What is no form, such as the way to sign in, is a page.
  if (!part) return location.assign(url);
  const dialog = Object.assign(document.createElement("dialog"), { className: "report-dialog" });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog && !event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("submit", (event) => send(event, dialog));
  show(dialog, part);
  document.body.append(dialog);
  dialog.showModal();
}

async function send(event, dialog) {
  event.preventDefault();
  const { target: form } = event;
  const body = new URLSearchParams(new FormData(form));
  const part = await partOf(fetch(form.action, { method: "POST", body })).catch(() => null);
  // The page that answers says what is wrong.
  if (!part) return form.submit();
  show(dialog, part);
  part.querySelector("[autofocus], h1").focus();
}

/** What there is to report with, or that it was reported, out of a page; null where there is neither. */
async function partOf(answer) {
  const page = new DOMParser().parseFromString(await (await answer).text(), "text/html");
  return page.querySelector("[data-report-form]");
}

function show(dialog, part) {
  dialog.setAttribute("aria-labelledby", part.querySelector("h1").id);
  dialog.replaceChildren(document.adoptNode(part));
  tellTimes(dialog);
}
