// The rule of live inserts: never move what is being read.

// We keep the place ourselves, also in browsers that do not; two at once would overshoot.
document.documentElement.style.overflowAnchor = "none";

/** Whether something may be put before `next` (or last) in `list` without pushing down what is being read. */
export function hasRoom(list, next) {
  if (document.hidden || list.closest(".is-folded")) return true;
  const place = next ? next.getBoundingClientRect().top : bottomOf(list);
  if (place < 0 || place >= innerHeight) return true;
  return !commentsInView().some((article) => article.getBoundingClientRect().top >= place - 1);
}

/** Change the page, and leave the focused element, or else the first visible article, where it is. */
export function steadily(act) {
  const anchor = anchorOf();
  const before = anchor?.getBoundingClientRect().top;
  act();
  if (!anchor?.isConnected) return;
  const moved = anchor.getBoundingClientRect().top - before;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
}

function bottomOf(list) {
  const last = list.lastElementChild ?? list.parentElement.querySelector(":scope > article") ?? list;
  return last.getBoundingClientRect().bottom;
}

function anchorOf() {
  const focused = document.activeElement;
  if (focused && focused !== document.body && isInView(focused)) return focused;
  return [...document.querySelectorAll("live-thread article")].find(isInView);
}

// One's own words that are still on their way hold nobody up.
const commentsInView = () => [...document.querySelectorAll(".comment[data-comment] > article")].filter(isInView);

function isInView(element) {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < innerHeight;
}
