// Sets the colours before anything is drawn: the visitor's choice, or what the system prefers.
(() => {
  const NAME = "kalpi-theme";
  const WORDS = { "": "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  const kept = () => { try { return localStorage.getItem(NAME) ?? ""; } catch { return ""; } };
  const root = document.documentElement;

  function show(theme) {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    const button = document.getElementById("theme-button");
    if (button) button.textContent = WORDS[theme] ?? WORDS[""];
    // Swagger UI's own style sheet goes by a class
    root.classList.toggle("dark-mode", theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
    document.dispatchEvent(new Event("themechange"));
  }

  show(kept());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(kept()));
  addEventListener("DOMContentLoaded", () => {
    show(kept());
    document.getElementById("theme-button").addEventListener("click", () => {
      const words = Object.keys(WORDS);
      const next = words[(words.indexOf(kept()) + 1) % words.length];
      try { localStorage.setItem(NAME, next); } catch { /* it lasts as long as the page, then */ }
      show(next);
    });
  });
})();
