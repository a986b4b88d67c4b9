// Words between the fields of a form and the API.

import { deepStrictEqual as equal } from "node:assert/strict";
import { test } from "node:test";

import { fromWire, isBlank, same, toWire } from "../../static/js/drafts/words.js";

const words = (body, title = "", tags = "") => ({ title, body, tags });

test("tags have commas between them, and those without a letter are none", () => {
  equal(toWire(words("a", "T", " tea, green tea,, ")), { title: "T", body: "a", tags: ["tea", "green tea"] });
  equal(toWire(words("a")), { title: null, body: "a", tags: [] });
});

test("what came from the API goes back as it was", () => {
  const draft = { title: null, body: "a", tags: ["tea", "bread"], version: 3 };
  const { words: read, version } = fromWire(draft);
  equal([read, version], [words("a", "", "tea, bread"), 3]);
  equal({ ...toWire(read), version }, draft);
});

test("a comma that nothing follows yet is no other draft", () => {
  equal([same(words("a", "", "tea, "), words("a", "", "tea")), same(words("a "), words("a"))], [true, false]);
});

test("blanks and commas are no words", () => {
  equal([words(" \n", " ", " , "), words("", "T"), words("", "", "tea"), words("a")].map(isBlank), [true, false, false, false]);
});
