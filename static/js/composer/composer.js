// A form for a reply: grows, keeps a draft, sends with Ctrl-Enter, and gives its words to `send`.

import { subjectOf } from "./waiting.js";
import { keepDraft } from "../drafts/form.js";
import { freshKey } from "../words.js";

export class Composer {
  /** `send({ body, parent, key })` keeps the words from then on; without it the form is posted as it is. */
  constructor(form, send) {
    this.form = form;
    this.area = form.elements.body;
    this.send = send;
    this.subject = subjectOf(/\d+/.exec(form.getAttribute("action"))[0], form.elements.parent_id?.value);
    this.draft = keepDraft(form, this.subject);
    this.area.addEventListener("input", () => this.#changed());
    this.area.addEventListener("change", () => this.#grow());
    form.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#grow();
  }

  /** Put words in, before what is there. */
  write(words) {
    this.area.value = [words, this.area.value].filter((part) => part.trim()).join("\n\n");
    this.#changed();
    this.draft.write();
    this.area.focus();
  }

  #submit(event) {
    const body = this.area.value;
    if (body.trim() === "") {
      event.preventDefault();
      return this.#complain("Write something first.");
    }
    if (!this.send) return this.draft.handOver(event);
    event.preventDefault();
    this.send({ body, parent: this.form.elements.parent_id?.value, key: this.#takeKey() });
    this.area.value = "";
    this.#changed();
    this.draft.drop();
  }

  #takeKey() {
    const field = this.form.elements.key;
    const key = field.value || freshKey();
    field.value = freshKey();
    return key;
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
  }

  #changed() {
    this.#complain("");
    this.#grow();
  }

  #complain(words) {
    const error = this.form.querySelector("[data-slot=error]");
    error.textContent = words;
    error.hidden = !words;
    this.form.classList.toggle("has-error", Boolean(words));
    this.area.ariaInvalid = words ? "true" : null;
  }

  // Only where the style sheet cannot say it.
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight}px`;
  }
}
