// The parts of a comment's item, and what may be said in it.

export const slot = (element, name) => element.querySelector(`[data-slot="${name}"]`);
export const articleOf = (item) => item.querySelector(":scope > article");
export const repliesOf = (item) => item.querySelector(":scope > [data-replies]");

/** What is said beside a comment: a sentence, and buttons or links. Nothing hides it. */
export function say(item, words, ...things) {
  const state = slot(articleOf(item), "state");
  state.replaceChildren(words, ...things.flatMap((thing) => [" ", thing]));
  state.hidden = !words;
}
