// "Reply" opens a composer under the comment; Escape puts it away, and the words stay as a draft.

import { Composer } from "./composer.js";
import { articleOf, slot } from "../thread/parts.js";

/** The composer under `item`, opened if need be; null where nobody may reply. */
export class Replies {
  #open = null; // { item, composer }
  #model;
  #send;

  constructor(thread, send) {
    this.#model = thread.querySelector("[data-composer]");
    this.#send = send;
    if (this.#model) thread.addEventListener("click", (event) => this.#click(event));
  }

  under(item) {
    if (this.#open?.item !== item) {
      this.close();
      this.#open = { item, composer: this.#make(item) };
    }
    return this.#open.composer;
  }

  close() {
    if (!this.#open) return;
    const { form, draft } = this.#open.composer;
    this.#open = null;
    draft.close();
    form.remove();
  }

  #click(event) {
    const link = event.target.closest("[data-action=reply]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.under(link.closest(".comment")).area.focus();
  }

  #make(item) {
    const id = item.dataset.comment;
    const form = this.#model.cloneNode(true);
    rename(form, id);
    form.hidden = false;
    slot(form, "error").hidden = true;
    form.classList.remove("has-error");
    form.elements.body.value = "";
    form.elements.key.value = "";
    forgetVersion(form.elements.version);
    parentOf(form).value = id;
    form.querySelector("label").textContent = `Reply to ${slot(articleOf(item), "name").textContent}`;
    articleOf(item).after(form);
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#putAway(item));
    return new Composer(form, this.#send && ((reply) => this.#sendFrom(item, reply)));
  }

  #sendFrom(item, reply) {
    this.#send(reply);
    // After the composer has finished with its form.
    queueMicrotask(() => this.#putAway(item));
  }

  #putAway(item) {
    this.close();
    articleOf(item).querySelector("[data-action=reply]").focus({ preventScroll: true });
  }
}

// What was kept of this reply is not on the page.
function forgetVersion(field) {
  if (field.value) field.value = "0";
  delete field.dataset.kept;
}

function parentOf(form) {
  if (!form.elements.parent_id) {
    form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name: "parent_id" }));
  }
  return form.elements.parent_id;
}

// Two forms on a page must not share ids, or labels and descriptions name the wrong one.
function rename(form, id) {
  for (const element of [form, ...form.querySelectorAll("[id], [for], [aria-describedby]")]) {
    for (const name of ["id", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/[^ ]+/g, `$&-${id}`));
    }
  }
}
