// A list that is kept as a fresh load of its page would show it: by such a load.

import { tellTimes } from "./times.js";

const GATHER_MS = 150;

/** Who extends it says in `key` which data attribute names an item. */
export class FreshList extends HTMLElement {
  plan() {
    this.timer ??= setTimeout(() => this.refresh(), GATHER_MS);
  }

  async refresh() {
    this.timer = undefined;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = fresh.querySelector(`${this.localName} [data-slot=list]`);
    if (found) replace(this.querySelector("[data-slot=list]"), document.adoptNode(found), this.key);
  }
}

/** What is the same stays the element that it was, and so does whoever stands in it. */
function replace(list, fresh, key) {
  const { activeElement } = document;
  const focused = list.contains(activeElement) && activeElement.closest(`[data-${key}]`)?.dataset[key];
  for (const item of fresh.querySelectorAll(`[data-${key}]`)) {
    const known = list.querySelector(`[data-${key}="${item.dataset[key]}"]`);
    if (known && plain(known) === plain(item)) item.replaceWith(known);
    else if (known) carry(known, item);
  }
  list.replaceChildren(...fresh.childNodes);
  tellTimes(list);
  if (focused && !list.contains(document.activeElement)) {
    list.querySelector(`[data-${key}="${focused}"] :is(button, a)`)?.focus();
  }
}

/** What somebody is writing there goes on. */
function carry(known, item) {
  for (const field of known.querySelectorAll("input[id]")) {
    const same = item.querySelector(`#${field.id}`);
    if (!same || !field.value) continue;
    same.value = field.value;
    same.closest("details").open = true;
  }
}

// Times say how long ago it was, in words that change.
function plain(item) {
  const copy = item.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.replaceWith(time.dateTime);
  for (const part of copy.querySelectorAll("details")) part.open = false;
  return copy.innerHTML + copy.className;
}
