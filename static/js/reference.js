// Lays out /api/openapi.json with Swagger UI, which the page loads from its package.

import { describe } from "./describing.js";

const named = (name) => ({ "aria-label": name });
const level = (number) => ({ "aria-level": String(number) });

globalThis.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  tryItOutEnabled: false,
  validatorUrl: null,
  plugins: [withoutInnerLinks],
});

/** A link inside of a button can be neither reached nor heard; the address still follows what is opened. */
function withoutInnerLinks({ React }) {
  return { components: { DeepLink: ({ text }) => React.createElement("span", null, text) } };
}

describe(document.querySelector("#reference"), [
  ["h3.opblock-tag, .models h4, .modal-ux-header h3", level(2)],
  [".opblock h4, .modal-ux-content h4", level(3)],
  [".opblock h5", level(4)],
  [".modal-ux", { role: "dialog", "aria-modal": "true", ...named("Who you are") }],
  [".close-modal", named("Close")],
  ["#servers", named("Server")],
  [".copy-to-clipboard button", named("Copy")],
  ["[data-param-name] :is(input, select, textarea)", (field) => named(field.closest("tr").dataset.paramName)],
  [".responses-table", (table) => named(nameOf(table))],
  // It scrolls, and so the keyboard must reach it.
  ["pre.microlight", { tabindex: "0" }],
]);

function nameOf(inside) {
  const summary = inside.closest(".opblock").querySelector(".opblock-summary-description");
  const kind = inside.matches(".live-responses-table") ? "what came back" : "answers";
  return `${summary.textContent}: ${kind}`;
}
