// Whom a block hides from this reader: as the page was loaded, and as it changes since. Everybody hears the same events.

const told = globalThis.document?.body.dataset.hidden ?? "";
const hidden = new Set(told.split(" ").filter(Boolean).map(Number));
const listeners = new Set();

/** Whether this member is hidden; a deleted one (null) is not. */
export const hides = (member) => Boolean(member) && hidden.has(member.id);

/** `listen(id, blocked)` is called when somebody becomes hidden, or is so no more. */
export function onBlock(listen) {
  listeners.add(listen);
}

export function blockChanged({ user_id: id, blocked }) {
  if (blocked) hidden.add(id);
  else hidden.delete(id);
  for (const listen of listeners) listen(id, blocked);
}
