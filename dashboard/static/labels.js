// What Streamlit itself says, in the reader's language: names of buttons, hints, its messages.
// Here: putting the words of the page's own `meta` in the place of Streamlit's, in text and names.
// Not here: the words (texts that begin with `widget.`).
(() => {
  const told = document.querySelector('meta[name="widget-words"]');
  const words = new Map(Object.entries(JSON.parse(told.content)));
  const NAMES = ["aria-label", "placeholder", "title", "alt"];

  const say = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const found = words.get(node.data.trim());
      if (found) node.data = found;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of NAMES) {
      const found = words.get(node.getAttribute(name));
      if (found) node.setAttribute(name, found);
    }
    // The name of an icon is no word of anybody's.
    if (node.dataset.testid === "stIconMaterial") node.setAttribute("aria-hidden", "true");
  };
  const sayAll = (root) => {
    say(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) say(walker.currentNode);
  };

  // A choice changes the address without a new page: the switch of language takes it along.
  document.addEventListener("click", (event) => {
    const other = event.target.closest(".km-languages a");
    if (!other) return;
    const address = new URL(other.href);
    const asked = new URLSearchParams(window.location.search);
    for (const name of asked.keys()) if (name !== "taal") address.searchParams.set(name, asked.get(name));
    other.href = address.href;
  }, true);

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(sayAll);
      else say(change.target);
    }
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES,
  });
})();
