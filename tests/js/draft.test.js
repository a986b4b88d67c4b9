// A draft between its form, this browser and the server: kept, sent, met by others, never lost.

import { deepStrictEqual as equal } from "node:assert/strict";
import { test } from "node:test";

import { Draft } from "../../static/js/drafts/draft.js";
import { Refusal } from "../../static/js/requests.js";

const words = (body) => ({ title: "", body, tags: "" });
const draft = (body, version) => ({ data: { subject: "new", title: null, body, tags: [], version } });
const SAVED = "Draft saved";
const settled = () => new Promise((go) => setTimeout(go, 0));

/** A browser whose clock stands still, and a server that a test speaks for. */
class Desk {
  records = {};
  requests = [];
  isHeld = false;
  fields = null;
  said = "";
  asked = null;
  #timers = [];

  constructor({ record, subject = "new" } = {}) {
    if (record) this.records[subject] = record;
    this.subject = subject;
    this.draft = new Draft(subject, this, true);
  }

  read = (subject) => this.records[subject] ?? null;
  keep = (subject, record) => (record ? (this.records[subject] = record) : delete this.records[subject], true);
  held = () => this.isHeld;
  clearTimeout = (id) => (this.#timers = this.#timers.filter((timer) => timer.id !== id));
  setTimeout = (act, ms) => this.#timers.push({ act, ms, id: Symbol() }) && this.#timers.at(-1).id;
  request = (method, path, body) => new Promise((go, fail) => this.requests.push({ method, path, body, go, fail }));

  open(body = "", version = 0, state = "kept") {
    const view = {
      show: (shown) => (this.fields = shown.body),
      tell: (said) => (this.said = said),
      ask: (theirs, choose) => (this.asked = { theirs, choose }),
    };
    this.fields = body;
    this.draft.open(view, { words: words(body), version, state });
    return this;
  }

  /** Type, and pause long enough for all that is kept and sent. */
  async write(body) {
    this.draft.write(words(body));
    await this.wait();
  }

  /** Let all timers run; requests stay open. */
  async wait() {
    for (let turn = 0; turn < 3; turn++) {
      const due = this.#timers;
      this.#timers = [];
      for (const { act } of due) act();
      await settled();
    }
  }

  async answer(envelope) {
    this.requests.shift().go(envelope);
    await settled();
  }

  async refuse(status, data) {
    this.requests.shift().fail(new Refusal(status, [{ code: "x", message: "No." }], null, data));
    await settled();
  }

  get sent() {
    return this.requests.map(({ method, body }) => [method, body?.body, body?.version]);
  }

  get kept() {
    return this.records[this.subject]?.words.body;
  }
}

test("words are kept here at a pause, and on the server after it", async () => {
  const desk = new Desk().open();
  desk.draft.write(words("Half"));
  equal([desk.kept, desk.sent], [undefined, []]);
  desk.draft.save();
  equal([desk.kept, desk.said, desk.sent], ["Half", SAVED, []]);
  await desk.wait();
  equal(desk.sent, [["PUT", "Half", 0]]);
  await desk.answer(draft("Half", 1));
  await desk.write("Half a thought");
  equal(desk.sent, [["PUT", "Half a thought", 1]]);
});

test("one goes at a time, and the last words follow", async () => {
  const desk = new Desk().open();
  await desk.write("One");
  await desk.write("One two");
  equal(desk.sent, [["PUT", "One", 0]]);
  await desk.answer(draft("One", 1));
  await desk.wait();
  equal(desk.sent, [["PUT", "One two", 1]]);
  await desk.answer(draft("One two", 2));
  await desk.wait();
  equal(desk.sent, []);
});

test("a page that goes sends what it has at once", async () => {
  const desk = new Desk().open();
  desk.draft.write(words("Last words"));
  desk.draft.flush();
  equal([desk.kept, desk.sent], ["Last words", [["PUT", "Last words", 0]]]);
});

test("without a connection they are kept here, and sent when it is back", async () => {
  const desk = new Desk().open();
  await desk.write("Words");
  await desk.refuse(0);
  equal([desk.kept, desk.said], ["Words", "Draft saved in this browser"]);
  await desk.wait();
  equal(desk.sent, [["PUT", "Words", 0]]);
  await desk.answer(draft("Words", 1));
  equal(desk.said, SAVED);
});

test("what the server can never keep stays here, and is not asked again until it changes", async () => {
  const desk = new Desk().open();
  await desk.write("Too long");
  await desk.refuse(422);
  await desk.wait();
  equal([desk.sent, desk.said, desk.kept], [[], "Draft saved in this browser", "Too long"]);
  await desk.write("Short");
  equal(desk.sent, [["PUT", "Short", 0]]);
});

test("a reload brings back what was not sent yet, and sends it", async () => {
  const record = { words: words("Not sent"), base: { words: words("Sent"), version: 3 } };
  const desk = new Desk({ record }).open("Sent", 3);
  equal([desk.fields, desk.said], ["Not sent", SAVED]);
  await desk.wait();
  equal(desk.sent, [["PUT", "Not sent", 3]]);
});

test("what another device has written meanwhile is shown where nothing was changed here", async () => {
  const record = { words: words("Old"), base: { words: words("Old"), version: 3 } };
  const desk = new Desk({ record }).open("Newer", 4);
  equal([desk.fields, desk.kept], ["Newer", "Newer"]);
  await desk.wait();
  equal(desk.sent, []);
});

test("one that another device has sent is not shown again", async () => {
  const record = { words: words("Sent"), base: { words: words("Sent"), version: 3 } };
  const desk = new Desk({ record }).open("", 0);
  equal([desk.fields, desk.kept, desk.said], ["", undefined, ""]);
});

test("words that were added to one that another device has sent are not lost", async () => {
  const record = { words: words("Sent and more"), base: { words: words("Sent"), version: 3 } };
  const desk = new Desk({ record }).open("", 0);
  equal(desk.fields, "Sent and more");
  await desk.wait();
  equal(desk.sent, [["PUT", "Sent and more", 0]]);
});

test("changes in different places are merged", async () => {
  const desk = new Desk().open("One. Two.", 1);
  await desk.write("One! Two.");
  await desk.refuse(409, draft("One. Two. Three.", 2).data);
  equal([desk.fields, desk.asked], ["One! Two. Three.", null]);
  await desk.wait();
  equal(desk.sent, [["PUT", "One! Two. Three.", 2]]);
});

for (const [choice, chosen] of [["mine", "Mine"], ["theirs", "Theirs"], ["both", "Theirs\n\nMine"]]) {
  test(`changes in one place are offered side by side, and ${choice} is kept`, async () => {
    const desk = new Desk().open("Base", 1);
    await desk.write("Mine");
    await desk.refuse(409, draft("Theirs", 2).data);
    equal([desk.fields, desk.asked.theirs.body, desk.kept], ["Base", "Theirs", "Mine"]);
    await desk.wait();
    equal(desk.sent, [], "nothing is sent before the choice");
    desk.asked.choose(choice);
    equal(desk.kept, chosen);
    await desk.wait();
    equal(desk.sent, choice === "theirs" ? [] : [["PUT", chosen, 2]]);
  });
}

test("what is written before the choice is what mine means", async () => {
  const desk = new Desk().open("Base", 1);
  await desk.write("Mine");
  await desk.refuse(409, draft("Theirs", 2).data);
  await desk.write("Mine, and more");
  desk.asked.choose("mine");
  await desk.wait();
  equal(desk.sent, [["PUT", "Mine, and more", 2]]);
});

test("a repeat that the server has already is no conflict", async () => {
  const desk = new Desk().open();
  await desk.write("Words");
  await desk.refuse(409, draft("Words", 1).data);
  equal([desk.asked, desk.said], [null, SAVED]);
  await desk.wait();
  equal(desk.sent, []);
});

test("words that were taken out take the draft out", async () => {
  const desk = new Desk().open("Words", 2);
  await desk.write("");
  equal(desk.sent, [["PUT", "", 2]]);
  await desk.answer(draft("", 3));
  equal([desk.kept, desk.said], [undefined, ""]);
});

test("words on their way to a thread are not kept as a draft as well", async () => {
  const desk = new Desk().open("Words", 2);
  desk.isHeld = true;
  desk.draft.drop();
  await desk.wait();
  equal(desk.sent, []);
  desk.isHeld = false;
  desk.draft.sent();
  await desk.wait();
  equal([desk.sent, desk.kept], [[], undefined]);
});

test("a reply begun while the one before it waits is a draft of its own", async () => {
  const desk = new Desk().open("First", 2);
  desk.isHeld = true;
  desk.draft.drop();
  await desk.write("Second");
  equal([desk.kept, desk.sent], ["Second", []]);
  desk.isHeld = false;
  desk.draft.sent();
  equal(desk.sent, [["PUT", "Second", 0]]);
});

test("a draft on its way when its words were sent does not stay behind", async () => {
  const desk = new Desk().open();
  await desk.write("Words");
  desk.draft.drop();
  await desk.answer(draft("Words", 1));
  desk.draft.sent();
  await settled();
  equal(desk.sent, [["PUT", "", 1]]);
  await desk.refuse(409, draft("", 2).data);
  await desk.wait();
  equal([desk.sent, desk.kept], [[], undefined]);
});

test("words that an ordinary form takes along are not sent on another way", async () => {
  const desk = new Desk().open();
  desk.draft.write(words("Words"));
  desk.draft.save();
  desk.draft.leave("/posts/new");
  desk.draft.flush();
  await desk.wait();
  equal([desk.sent, desk.kept, desk.records.new.from], [[], "Words", "/posts/new"]);
  await desk.write("Words again, as the page did not go");
  equal([desk.sent.length, desk.records.new.from], [1, undefined]);
});

test("what the server gave back unread is newer than what is kept", async () => {
  const record = { words: words("Old"), base: { words: words("Old"), version: 3 } };
  const desk = new Desk({ record }).open("Refused", 3, "refused");
  equal(desk.fields, "Refused");
  await desk.answer(draft("Old", 3));
  await desk.wait();
  equal(desk.sent, [["PUT", "Refused", 3]]);
});

test("a form of which nothing is known asks the server", async () => {
  const desk = new Desk().open("", 0, "unknown");
  equal(desk.sent, [["GET", undefined, undefined]]);
  await desk.answer(draft("From the phone", 4));
  equal([desk.fields, desk.said], ["From the phone", SAVED]);
});

test("an answer that was asked for before the last words were sent is old", async () => {
  const desk = new Desk().open("Old", 1);
  desk.draft.pull();
  await desk.write("New");
  const [pull, push] = desk.requests;
  push.go(draft("New", 2));
  await settled();
  pull.go(draft("Old", 1));
  await settled();
  equal([desk.fields, desk.kept], ["Old", "New"], "the field is the writer's own and was not touched");
});

test("an edit that goes back to what stands is none", async () => {
  const desk = new Desk({ subject: "edit:post:1" }).open("As it stands", 0);
  equal([desk.said, desk.kept], ["", undefined]);
  await desk.write("Changed");
  await desk.answer(draft("Changed", 1));
  await desk.write("As it stands");
  equal(desk.sent, [["PUT", "", 1]]);
});

test("an edit whose draft is gone elsewhere keeps the words that are there", async () => {
  const desk = new Desk({ subject: "edit:post:1" }).open("A draft", 2);
  desk.draft.pull();
  await desk.refuse(404);
  equal([desk.fields, desk.sent], ["A draft", []]);
});

test("it goes on in the next form where the last one was closed", async () => {
  const desk = new Desk().open();
  desk.draft.write(words("Not finished"));
  desk.draft.close();
  equal([desk.kept, desk.sent], ["Not finished", [["PUT", "Not finished", 0]]]);
  await desk.answer(draft("Not finished", 1));
  desk.open("", 0, "unknown");
  equal(desk.fields, "Not finished");
});
