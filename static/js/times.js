// Every <time datetime>: how long ago, and the exact time in the reader's zone. One timer for all.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "long" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const thisYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const otherYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

export function keepTimes() {
  tellTimes(document);
  setInterval(() => tellTimes(document), MINUTE);
  document.addEventListener("visibilitychange", () => document.hidden || tellTimes(document));
}

/** Write the times below `root`; for what was just inserted. */
export function tellTimes(root) {
  root.querySelectorAll("time[datetime]").forEach(tell);
}

/** 14:02 in the reader's zone. */
export function clockTime(ms) {
  return clock.format(ms);
}

function tell(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const text = relative(at, new Date());
  // Written only when it changed: every write costs a selection that stands in it.
  if (element.textContent !== text) element.textContent = text;
  element.title = exact.format(at);
}

export function relative(at, now) {
  const past = now - at;
  if (past < MINUTE) return "just now";
  if (past < HOUR) return ago.format(-Math.floor(past / MINUTE), "minute");
  if (past < DAY) return ago.format(-Math.floor(past / HOUR), "hour");
  if (past < 7 * DAY) return ago.format(-Math.floor(past / DAY), "day");
  return (at.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(at);
}
