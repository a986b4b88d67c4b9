// The entry: tells the page that there is JavaScript, and wakes its elements.

import { Composer } from "./composer/composer.js";
import { sendLate } from "./composer/late.js";
import { completeNames } from "./composer/names.js";
import { CopyText } from "./copy-text.js";
import { forgetHandedOver, keepDraft, takeBack } from "./drafts/form.js";
import { ExportProgress } from "./export-progress.js";
import { LivePosts } from "./live-posts.js";
import { LiveStatus } from "./live-status.js";
import { LiveThread } from "./live-thread.js";
import { ReportCount } from "./report-count.js";
import { reportInPlace } from "./report.js";
import { keepTimes } from "./times.js";
import { toggleInPlace } from "./toggle.js";
import { UnreadCount } from "./unread-count.js";

document.documentElement.classList.add("js");
keepTimes();
toggleInPlace();
reportInPlace();
completeNames();
customElements.define("copy-text", CopyText);
customElements.define("export-progress", ExportProgress);
customElements.define("unread-count", UnreadCount);
customElements.define("report-count", ReportCount);
customElements.define("live-status", LiveStatus);
customElements.define("live-posts", LivePosts);
customElements.define("live-thread", LiveThread);
if (document.querySelector("live-cases, live-notifications")) import("./fresh-lists.js");

const subjects = [];
for (const form of document.querySelectorAll("form[data-draft]")) {
  const { draft: subject } = form.dataset;
  const draft = keepDraft(form, subject);
  form.addEventListener("submit", (event) => draft.handOver(event));
  subjects.push(subject);
}
for (const form of document.querySelectorAll("[data-composer]")) {
  const composer = form.closest("live-thread")?.composer ?? new Composer(form);
  subjects.push(composer.subject);
}
if (document.querySelector("[data-refused]")) takeBack();
else forgetHandedOver(subjects);

if (document.body.dataset.viewer) {
  const late = () => sendLate(document.querySelector("live-thread")?.dataset.post);
  late();
  addEventListener("online", late);
}
