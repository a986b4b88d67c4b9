// Words that depend on a number, and keys that nobody used before.

/** plural(1, "reply", "replies") is "1 reply". */
export function plural(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** The first number in a text, 0 if there is none: a server-side plural read back. */
export function numberIn(text) {
  return Number(/[\d,]+/.exec(text)?.[0].replaceAll(",", "") ?? 0);
}

export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
