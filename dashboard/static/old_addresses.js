// Addresses that once led somewhere else: a phase was a part of the page readers came in on, and has
// a page of its own now.
// Here: from such an address to that page. What stands behind # never reaches the server.
(() => {
  const [, phase] = /^#fase-([\w-]+)$/.exec(window.location.hash) || [];
  const wasOverview = /^\/(overzicht)?\/?$/.test(window.location.pathname);
  if (!phase || !wasOverview) return;
  const asked = new URLSearchParams(window.location.search);
  asked.set("fase", phase);
  window.location.replace(`/onderwerp?${asked}`);
})();
