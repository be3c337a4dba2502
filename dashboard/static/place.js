// Where a reader is: what an address names behind its #, where a page was left, and which periods
// were chosen.
// Here: scrolling, steps back, and taking chosen periods along to the next page. Streamlit draws a
// page after the browser looked for the named part, and drops the name from the address.
// Not here: which parts have a name, and which periods can be chosen.
(() => {
  const PATIENCE = 15000;
  // Taken before Streamlit writes the address anew.
  let named = decodeURIComponent(window.location.hash.slice(1));
  let until = Date.now() + PATIENCE;

  const field = () => document.querySelector('[data-testid="stMain"]');
  const key = () => `place:${window.location.pathname}${window.location.search}`;
  const [entry] = performance.getEntriesByType("navigation");
  let left = entry && entry.type === "back_forward" ? Number(sessionStorage.getItem(key())) : 0;
  // Where it was left is nearer than what its address names.
  if (left) named = "";

  // What is folded away is opened: nobody can look at it otherwise.
  const show = (part) => {
    for (let at = part && part.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    if (part) part.scrollIntoView();
  };
  const settle = () => {
    if (Date.now() > until) named = left = 0;
    if (named) {
      const part = document.getElementById(named);
      // Until the page is whole, what comes above it still moves it.
      if (part) show(part);
    } else if (left && field() && field().scrollHeight - field().clientHeight >= left) {
      field().scrollTop = left;
    } else return;
    if (document.querySelector(".km-foot") && !document.querySelector('[data-testid="stSkeleton"]')) {
      const asked = named;
      // Charts take their height a moment later.
      window.setTimeout(() => {
        if (asked && asked === named) show(document.getElementById(asked));
        named = left = 0;
      }, 700);
    }
  };
  // One step back for each thing a reader does: Streamlit writes the address after every choice, and
  // whenever it sends a reader on to the page a figure stands on.
  let acted = false;
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (...step) => {
    if (acted) push(...step);
    else window.history.replaceState(...step);
    acted = false;
  };
  for (const kind of ["keydown", "pointerdown"]) {
    window.addEventListener(kind, () => { acted = true; }, { passive: true, capture: true });
  }

  new MutationObserver(settle).observe(document, { childList: true, subtree: true });

  // Whoever moves the page has taken over.
  for (const kind of ["wheel", "touchmove", "keydown", "mousedown"]) {
    window.addEventListener(kind, () => { named = left = 0; }, { passive: true, capture: true });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    const part = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!part) return;
    event.preventDefault();
    show(part);
    part.setAttribute("tabindex", "-1");
    part.focus({ preventScroll: true });
  });
  // Choices that hold on every page; `components/choice.py` says which. Taken from the address at
  // the click: a choice makes anew what it changes, not every link on the page.
  const kept = () => document.querySelector('meta[name="kept-choices"]').content.split(" ");
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || link.origin !== window.location.origin || link.hasAttribute("download")) return;
    if (link.getAttribute("href").startsWith("#")) return;
    const here = new URLSearchParams(window.location.search);
    const there = new URL(link.href);
    for (const name of kept()) {
      if (here.has(name) && !there.searchParams.has(name)) {
        there.searchParams.set(name, here.get(name));
      }
    }
    link.href = there.href;
  }, { capture: true });
  let waiting = 0;
  document.addEventListener("scroll", (event) => {
    if (event.target !== field() || waiting) return;
    waiting = window.setTimeout(() => {
      waiting = 0;
      sessionStorage.setItem(key(), String(field().scrollTop));
    }, 150);
  }, { capture: true, passive: true });
})();
