// Gives what others' bundles draw the names, roles and levels that assistive technology needs.

/** Give what each selector finds its attributes: now, and whenever something is drawn below `root`. */
export function describe(root, rules) {
  const apply = () => {
    for (const [selector, attributes] of rules) {
      for (const element of root.querySelectorAll(selector)) give(element, attributes);
    }
  };
  new MutationObserver(apply).observe(root, { childList: true, subtree: true });
  apply();
}

function give(element, attributes) {
  const wanted = typeof attributes === "function" ? attributes(element) : attributes;
  for (const [name, value] of Object.entries(wanted)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}
