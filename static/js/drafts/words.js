// What a draft says: title, text and tags as they stand in fields; a reply has only text.

export const BLANK = Object.freeze({ title: "", body: "", tags: "" });

/** As the API has it (API.md, Draft). */
export function toWire({ title, body, tags }) {
  const list = tags.split(",").map((tag) => tag.trim()).filter(Boolean);
  return { title: title || null, body, tags: list };
}

/** The words of a Draft, and their version. */
export function fromWire({ title, body, tags, version }) {
  return { words: { title: title ?? "", body, tags: tags.join(", ") }, version };
}

export function same(one, other) {
  return JSON.stringify(toWire(one)) === JSON.stringify(toWire(other));
}

export function isBlank(words) {
  const { title, body, tags } = toWire(words);
  return !`${title ?? ""}${body}${tags.join("")}`.trim();
}
