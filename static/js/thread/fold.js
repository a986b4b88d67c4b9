// The thread line: a button folds the branch below a comment.

export function foldBranches(thread) {
  thread.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-action=fold]");
    if (button) fold(button.closest(".comment"), button.getAttribute("aria-expanded") === "true");
  });
}

export function fold(item, folded) {
  item.classList.toggle("is-folded", folded);
  const button = item.querySelector("[data-action=fold]");
  button.setAttribute("aria-expanded", String(!folded));
  button.setAttribute("aria-label", folded ? "Unfold this branch" : "Fold this branch");
}
