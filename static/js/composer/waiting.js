// Replies that wait in this browser to be sent, each by itself: another tab may be writing in the same thread.

import { keep, namesOf, read } from "../storage.js";

const viewer = () => document.body.dataset.viewer;
const nameOf = (post, key) => `outbox:${post}:${key}`;

/** Those of this viewer, in all threads or in one: { post, body, parent, key, failed, passing }. */
export function waitingReplies(post = "") {
  const names = namesOf(post ? nameOf(post, "") : "outbox:");
  const replies = names.map((name) => ({ ...read(name), post: name.split(":")[1] }));
  return replies.filter((reply) => reply.key && reply.viewer === viewer());
}

export function keepWaiting(post, { body, parent, key, failed, passing }) {
  keep(nameOf(post, key), { body, parent, key, failed, passing, viewer: viewer() });
}

export function forgetWaiting(post, key) {
  keep(nameOf(post, key), null);
}

/** Whether one is under way, whose draft goes with it. */
export function waitsFor(subject) {
  return waitingReplies().some(({ post, parent }) => subjectOf(post, parent) === subject);
}

/** The subject of its draft. */
export function subjectOf(post, parent) {
  return parent ? `reply:comment:${parent}` : `reply:post:${post}`;
}

/** The body of the request that posts it. */
export function requestOf({ body, parent, key }) {
  return { body, key, ...(parent && { parent_id: Number(parent) }) };
}
