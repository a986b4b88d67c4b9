// Piccolo Admin, made whole for screen readers and the keyboard: the bundle draws, this module names.

import { describe } from "./describing.js";

const named = (name) => ({ "aria-label": name });
const BUTTON = { role: "button", tabindex: "0" };

describe(document.body, [
  ["#nav", { role: "banner" }],
  [".sidebar_wrapper", { role: "navigation", ...named("Tables") }],
  [".left_column, .welcome, #nav ~ .inner", { role: "main" }],
  [".right_column", { role: "complementary", ...named("Filter") }],
  ["#message_popup", { role: "status" }],
  ["#overlay", (dialog) => ({ role: "dialog", ...named(headingOf(dialog)) })],
  ["#burger_menu a", named("Menu")],
  ["#message_popup a, #overlay .close a", named("Close")],
  ["#pagination li:first-child a", named("The page before")],
  ["#pagination li:last-child a", named("The next page")],
  ["#pagination input", named("Page")],
  ["#page_size select", named("Rows on a page")],
  ["th a", (link) => named(`Sorted by ${link.closest("th").textContent.trim()}; turn round`)],
  [".results_list, #overlay input[type=search]", named("Rows to choose from")],
  // What answers a click and cannot be reached by Tab.
  ["a.button:not([href]), p.opaque:not(:has(a[href]))", BUTTON],
  ["a.button[href='#']", { role: "button" }],
  ["#overlay select[name=column]", named("Column")],
  ["#overlay select[name=ordering]", named("Order")],
  ["form label:not([for])", nameFields],
]);

function headingOf(dialog) {
  const heading = dialog.querySelector("h1:not(:empty), .modal > p:not(:empty), form p:not(:empty)");
  return heading?.textContent.trim() || "A choice";
}

/** The label stands beside its fields, and not around them. */
function nameFields(label) {
  const words = [...label.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  const text = words.map((node) => node.data.trim()).join("");
  for (const field of label.parentElement.querySelectorAll("input, select, textarea")) {
    field.setAttribute("aria-label", text + part(field));
  }
  return {};
}

function part(field) {
  if (/__(match|operator)$/.test(field.name)) return ": how to compare";
  return field.localName === "select" && !field.name ? ": time zone" : "";
}

document.addEventListener("keydown", (event) => {
  const button = event.target.closest("[role=button]");
  if (!button || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  button.click();
});
