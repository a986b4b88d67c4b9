// Two drafts of one thing, side by side in the form: its writer says which one stands.

const CHOICES = { mine: "Keep mine", theirs: "Use that one", both: "Keep both" };

/** Show `theirs` above the foot of the form; `choose` hears "mine", "theirs" or "both". */
export function askIn(form, theirs, choose) {
  endIn(form);
  const group = made("section", "draft-choice");
  group.setAttribute("aria-label", "Changed on another device");
  const words = made("div", "draft-other", "");
  if (theirs.title) words.append(made("p", "draft-title", theirs.title));
  words.append(made("div", "draft-text", theirs.body));
  if (theirs.tags) words.append(made("p", "aside", `Tags: ${theirs.tags}`));
  const foot = made("div", "draft-choices");
  for (const [name, label] of Object.entries(CHOICES)) foot.append(button(label, () => chosen(form, () => choose(name))));
  const line = made("p", "", "This draft was changed on another device. There it says:");
  line.setAttribute("role", "alert");
  group.append(line, words, foot);
  form.querySelector(".composer-foot, .form-foot").before(group);
}

// The button that was pressed is gone, and focus goes back to the words.
function chosen(form, act) {
  endIn(form);
  act();
  form.elements.body.focus();
}

export function endIn(form) {
  form.querySelector(".draft-choice")?.remove();
}

function button(label, act) {
  const one = made("button", "button is-plain is-small", label);
  one.type = "button";
  one.addEventListener("click", act);
  return one;
}

function made(tag, className, textContent = "") {
  return Object.assign(document.createElement(tag), { className, textContent });
}
