// Follow, mute, block and back again in place; without JavaScript the same forms are posted.

import { request } from "./requests.js";
import { slot } from "./thread/parts.js";

export function toggleInPlace() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-toggle]");
    if (!form) return;
    event.preventDefault();
    const on = !isOn(form);
    try {
      await request(on ? "PUT" : "DELETE", form.dataset.toggle);
    } catch {
      // The page that answers says what is wrong.
      return form.submit();
    }
    // What is followed is not muted, and the other way round.
    for (const other of on ? (form.closest("[data-toggles]")?.querySelectorAll("[data-toggle]") ?? []) : []) showToggle(other, false);
    showToggle(form, on);
  });
}

const isOn = (form) => form.getAttribute("action").endsWith("/removal");

/** What the form would do next, when it is on or off. */
export function showToggle(form, on) {
  form.setAttribute("action", form.dataset.toggle + (on ? "/removal" : ""));
  const word = slot(form, "word");
  word.textContent = on ? word.dataset.undo : word.dataset.do;
}
