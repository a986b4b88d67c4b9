// The whole thread as it stands now, for a page that has lost its place.

import { request } from "../requests.js";

/** { post, comments, epoch, seq }: the position is the first page's, so that what came since is replayed. */
export async function loadSnapshot(postId) {
  const first = await request("GET", `/posts/${postId}/comments?limit=100`);
  const { epoch, seq } = first.meta;
  const comments = first.data;
  for (let after = first.meta.next_after; after; ) {
    const page = await request("GET", `/posts/${postId}/comments?limit=100&after=${after}`);
    comments.push(...page.data);
    after = page.meta.next_after;
  }
  return { post: (await request("GET", `/posts/${postId}`)).data, comments, epoch, seq };
}
