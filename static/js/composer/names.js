// Completion of `@name` where one writes: a list below the text, for the keyboard, the mouse and readers of the screen.

import { request } from "../requests.js";

const PAUSE_MS = 150;
const MOST = 6;
// The name that is being typed, up to where the cursor stands.
const TYPED = /(?:^|[^A-Za-z0-9/@.])@([A-Za-z0-9_]{1,20})$/;

let timer;
let open = null; // { area, list, told, options, active }

export function completeNames() {
  if (!document.body.dataset.viewer) return;
  document.addEventListener("input", ({ target }) => target.matches?.("textarea[name=body]") && plan(target));
  // Before the form hears of it: Enter takes a name, and Escape puts only the list away.
  document.addEventListener("keydown", (event) => event.target === open?.area && key(event), true);
  document.addEventListener("focusout", ({ target }) => target === open?.area && close());
}

const typed = (area) => area.selectionStart === area.selectionEnd && TYPED.exec(area.value.slice(0, area.selectionStart))?.[1];

function plan(area) {
  clearTimeout(timer);
  if (!typed(area)) return close();
  timer = setTimeout(() => look(area), PAUSE_MS);
}

async function look(area) {
  const name = typed(area);
  if (!name) return;
  // Without an answer one types on.
  const found = await request("GET", `/users?q=${encodeURIComponent(name)}&per_page=${MOST}`).catch(() => null);
  // One has typed on meanwhile, or gone elsewhere.
  if (!found || typed(area) !== name || document.activeElement !== area) return;
  close();
  if (found.data.length) show(area, found.data);
}

function show(area, people) {
  const list = Object.assign(document.createElement("ul"), { className: "names", id: "names" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  const options = people.map((person, index) => optionOf(person, index));
  list.append(...options);
  const told = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  told.setAttribute("role", "status");
  area.after(list, told);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", "names");
  open = { area, list, told, options, active: 0 };
  told.textContent = `${people.length === 1 ? "1 person" : `${people.length} people`}. Arrow keys choose, Enter takes, Escape closes.`;
  mark(0);
}

function optionOf({ username, name }, index) {
  const option = Object.assign(document.createElement("li"), { className: "names-one", id: `names-${index}` });
  option.setAttribute("role", "option");
  option.dataset.username = username;
  const handle = Object.assign(document.createElement("span"), { className: "aside", textContent: `@${username}` });
  option.append(Object.assign(document.createElement("b"), { textContent: name }), " ", handle);
  // Pressed before the text loses the focus.
  option.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(username);
  });
  return option;
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { options, active } = open;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark((active + step + options.length) % options.length);
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" || event.key === "Tab") take(options[active].dataset.username);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function mark(index) {
  open.options.forEach((option, at) => option.setAttribute("aria-selected", at === index));
  open.active = index;
  open.area.setAttribute("aria-activedescendant", `names-${index}`);
}

function take(username) {
  const { area } = open;
  const end = area.selectionStart;
  area.setRangeText(`@${username} `, end - typed(area).length - 1, end, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  if (!open) return;
  const { area, list, told } = open;
  open = null;
  list.remove();
  told.remove();
  for (const name of ["aria-autocomplete", "aria-controls", "aria-activedescendant"]) area.removeAttribute(name);
}
