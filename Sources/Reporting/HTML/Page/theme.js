// Runs before the page is drawn, so that a chosen colour scheme does not flash up late. Browsers may refuse
// a file its storage; the choice then lasts as long as the page.
(() => {
  const key = "sixdof-theme";
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  let stored = null;
  try { stored = localStorage.getItem(key); } catch { stored = null; }
  apply(stored);
  document.addEventListener("DOMContentLoaded", () => {
    for (const input of document.querySelectorAll("input[name=theme]")) {
      input.checked = input.value === (document.documentElement.dataset.theme ?? "auto");
      input.addEventListener("change", () => {
        apply(input.value);
        try { localStorage.setItem(key, input.value); } catch { /* not kept */ }
      });
    }
  });
})();
