// The rule of live inserts: never move what is being read.

// We keep the place ourselves, also in browsers that do not; two at once would overshoot.
document.documentElement.style.overflowAnchor = "none";

let scene = null; // what was in view before the changes of this turn

/** Whether something may be put before `next` (or last) in `list` without pushing down what is being read. */
export function hasRoom(list, next) {
  scene ??= look();
  if (document.hidden || list.closest(".is-folded")) return true;
  const below = scene.comments.filter((article) => isBelow(article, list, next));
  // All of them below means that the place is above the window: that is made up for.
  return below.length === 0 || below.length === scene.comments.length;
}

/**
 * Change the page, and leave the focused element, or else the first visible article, where it is.
 * All changes of one turn are measured once, so that 500 missed replies cost two layouts.
 */
export function steadily(act) {
  scene ??= look();
  act();
}

/** Make up at once for what has moved; before one scrolls on purpose. */
export function settle() {
  const { anchor, top } = scene ?? {};
  scene = null;
  if (!anchor?.isConnected) return;
  const moved = anchor.getBoundingClientRect().top - top;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
}

function look() {
  queueMicrotask(settle);
  const visible = [...document.querySelectorAll("live-thread article")].filter(isInView);
  const focused = document.activeElement;
  const anchor = focused && focused !== document.body && isInView(focused) ? focused : visible[0];
  // One's own words that are still on their way hold nobody up.
  const comments = visible.filter((article) => article.parentElement.dataset.comment);
  return { anchor, top: anchor?.getBoundingClientRect().top, comments };
}

function isBelow(article, list, next) {
  const place = next ?? list;
  const follows = place.compareDocumentPosition(article) & Node.DOCUMENT_POSITION_FOLLOWING;
  return Boolean(follows) && !(next === null && list.contains(article));
}

function isInView(element) {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < innerHeight;
}
