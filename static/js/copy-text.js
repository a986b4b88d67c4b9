// <copy-text>: a button that copies the text beside it, where the browser lets a page copy.

const TOLD_MS = 4000;

export class CopyText extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard || this.button) return;
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "button is-small" });
    this.button.addEventListener("click", () => this.copy());
    this.said = Object.assign(document.createElement("span"), { className: "visually-hidden" });
    this.said.setAttribute("role", "status");
    this.append(this.button, this.said);
    this.rest();
  }

  disconnectedCallback() {
    clearTimeout(this.resting);
  }

  async copy() {
    const text = this.querySelector("code");
    try {
      await navigator.clipboard.writeText(text.textContent);
      this.button.textContent = this.said.textContent = "Copied";
    } catch {
      // Not allowed: at least it is one key away.
      getSelection().selectAllChildren(text);
      this.button.textContent = this.said.textContent = "Selected";
    }
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), TOLD_MS);
  }

  rest() {
    this.button.textContent = "Copy";
    this.said.textContent = "";
  }
}
