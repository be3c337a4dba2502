// The theme that is read: what the reader chose on this device, or else what the system prefers.
// Here: that choice, told to the page (data-theme) and to Streamlit, which colours its own widgets.
// Not here: the colours.
(() => {
  const KEPT = "theme";
  // Where Streamlit looks, for the address at which a reader comes in.
  const WIDGETS = `stActiveTheme-${window.location.pathname}-v2`;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const preferred = () => (system.matches ? "dark" : "light");

  const apply = () => {
    const chosen = window.localStorage.getItem(KEPT);
    document.documentElement.dataset.theme = chosen || preferred();
    const named = { light: "Light", dark: "Dark" }[chosen] || "System";
    window.localStorage.setItem(WIDGETS, JSON.stringify(named));
  };

  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset.themeChoice;
    // What the system prefers is no choice: it follows the system from then on.
    if (choice === preferred()) window.localStorage.removeItem(KEPT);
    else window.localStorage.setItem(KEPT, choice);
    apply();
    window.location.reload();
  });
})();
