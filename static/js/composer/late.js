// Replies that could not go out from their thread: sent from whichever page their writer is on, once.

import { forgetWaiting, keepWaiting, requestOf, subjectOf, waitingReplies } from "./waiting.js";
import { tellSent } from "../drafts/form.js";
import { request } from "../requests.js";

const AGAIN_MS = 30_000;

/** All but those of the thread on this page, which sends its own. */
export async function sendLate(here) {
  let again = false;
  for (const reply of waitingReplies()) {
    if (reply.post !== here && !(reply.failed && !reply.passing)) again = !(await sent(reply)) || again;
  }
  if (again) setTimeout(() => sendLate(here), AGAIN_MS);
}

// Whether there is nothing left to try.
async function sent(reply) {
  try {
    await request("POST", `/posts/${reply.post}/comments`, requestOf(reply));
  } catch (refusal) {
    if (refusal.status === undefined) throw refusal;
    if (refusal.passing || refusal.waitMs) return false;
    keepWaiting(reply.post, { ...reply, failed: refusal.message, passing: refusal.status === 401 });
    tell(`A reply was not sent: ${refusal.message} Your words are kept.`, reply);
    return true;
  }
  forgetWaiting(reply.post, reply.key);
  tellSent(subjectOf(reply.post, reply.parent));
  tell("Your reply is sent.", reply);
  return true;
}

function tell(words, { post, parent }) {
  const line = Object.assign(document.createElement("div"), { className: "notice is-plain" });
  line.setAttribute("role", "status");
  const text = Object.assign(document.createElement("p"), { textContent: `${words} ` });
  const place = parent ? `/comments/${parent}` : `/posts/${post}`;
  text.append(Object.assign(document.createElement("a"), { href: place, textContent: "Go to the thread" }));
  line.append(text);
  document.querySelector("main").prepend(line);
}
