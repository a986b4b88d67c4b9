// Two texts that grew out of one: put together where they were changed in different places.

/** All fields merged, or null where one was changed in the same place by both. */
export function mergeWords(base, mine, theirs) {
  const merged = {};
  for (const name of Object.keys(mine)) {
    merged[name] = mergeText(base[name], mine[name], theirs[name]);
    if (merged[name] === null) return null;
  }
  return merged;
}

/** Theirs, and mine after it, each once. */
export function bothWords(mine, theirs) {
  const parts = [theirs.body, mine.body].map((body) => body.trim()).filter(Boolean);
  return { title: mine.title || theirs.title, body: [...new Set(parts)].join("\n\n"), tags: mine.tags || theirs.tags };
}

export function mergeText(base, mine, theirs) {
  if (mine === theirs || theirs === base) return mine;
  if (mine === base) return theirs;
  const [first, second] = [changeOf(base, mine), changeOf(base, theirs)].sort((a, b) => a.start - b.start);
  // Where they touch, nobody but the writer knows which comes first.
  if (first.end >= second.start) return null;
  const between = base.slice(first.end, second.start);
  return base.slice(0, first.start) + first.text + between + second.text + base.slice(second.end);
}

// The one stretch of `base` that `text` has something else for.
function changeOf(base, text) {
  const most = Math.min(base.length, text.length);
  let start = 0;
  while (start < most && base[start] === text[start]) start++;
  let tail = 0;
  while (tail < most - start && base.at(-1 - tail) === text.at(-1 - tail)) tail++;
  return { start, end: base.length - tail, text: text.slice(start, text.length - tail) };
}
