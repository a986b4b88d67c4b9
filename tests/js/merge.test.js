// Two drafts out of one: what is put together, and where only the writer knows.

import { deepStrictEqual as equal } from "node:assert/strict";
import { test } from "node:test";

import { bothWords, mergeText, mergeWords } from "../../static/js/drafts/merge.js";

const words = (body, title = "", tags = "") => ({ title, body, tags });

test("what only one has changed is taken", () => {
  equal(mergeText("tea", "tea", "green tea"), "green tea");
  equal(mergeText("tea", "green tea", "tea"), "green tea");
  equal(mergeText("tea", "cake", "cake"), "cake");
});

test("changes in different places are put together, whichever comes first", () => {
  const base = "One. Two. Three.";
  equal(mergeText(base, "One! Two. Three.", "One. Two. Three. Four."), "One! Two. Three. Four.");
  equal(mergeText(base, "One. Two. Three. Four.", "One! Two. Three."), "One! Two. Three. Four.");
  equal(mergeText(base, "Two. Three.", "One. Two."), "Two.");
});

test("changes in the same place are the writer's to choose", () => {
  equal(mergeText("One.", "One. Mine.", "One. Theirs."), null);
  equal(mergeText("", "mine", "theirs"), null);
  equal(mergeText("a b c", "a X c", "a Y c"), null);
  equal(mergeText("a b c", "a c", "a b"), null);
});

test("letters of two halves stay whole", () => {
  equal(mergeText("😀 and 😁", "😀 and 😂", "🙂 and 😁"), "🙂 and 😂");
});

test("every way to cut a text in two is merged as both would have written it", () => {
  const base = "abcdefgh";
  for (let at = 1; at < base.length - 1; at++) {
    const mine = `X${base}`;
    const theirs = `${base.slice(0, at)}Y${base.slice(at)}`;
    equal(mergeText(base, mine, theirs), `X${theirs}`);
  }
});

test("a field that cannot be merged leaves all of them to the writer", () => {
  equal(mergeWords(words("a", "T"), words("a b", "T"), words("a", "Title")), words("a b", "Title"));
  equal(mergeWords(words("a", "T"), words("a b", "T1"), words("a", "T2")), null);
});

test("both means theirs first, and nothing twice", () => {
  equal(bothWords(words("mine", "T"), words("theirs", "U", "tea")), words("theirs\n\nmine", "T", "tea"));
  equal(bothWords(words("same "), words("same")), words("same"));
});
