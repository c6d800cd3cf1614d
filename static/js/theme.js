// The theme that a person chose on this device: "" (as the system has it), "light" or "dark". Runs before the first
// paint, so that a dark page never flashes white.
(() => {
  "use strict";
  const KEY = "adminTheme"; // where the admin keeps its own choice, as JSON: one choice for both
  const root = document.documentElement;
  root.classList.add("js"); // what only scripts can do may be shown, before the first paint

  const read = () => {
    try {
      const value = JSON.parse(localStorage.getItem(KEY));
      return value === "light" || value === "dark" ? value : "";
    } catch {
      return ""; // storage is switched off, or holds something else: the system decides
    }
  };

  const apply = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  const press = (choices, theme) => {
    for (const button of choices.querySelectorAll("[data-theme-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  };

  apply(read());

  document.addEventListener("DOMContentLoaded", () => {
    for (const choices of document.querySelectorAll("[data-theme-choices]")) {
      press(choices, read());
      choices.hidden = false;
      choices.addEventListener("click", (event) => {
        const button = event.target.closest("[data-theme-choice]");
        if (!button) return;
        const theme = button.dataset.themeChoice;
        try {
          localStorage.setItem(KEY, JSON.stringify(theme || "auto"));
        } catch {
          // not remembered, but shown
        }
        apply(theme);
        press(choices, theme);
      });
    }
  });

  // On a phone the bar's entries are wider than the screen: the one that we are at is brought into view.
  document.addEventListener("DOMContentLoaded", () => {
    for (const nav of document.querySelectorAll("header.topbar nav")) {
      const here = nav.querySelector("[aria-current]")?.getBoundingClientRect();
      const all = nav.getBoundingClientRect();
      if (here && nav.scrollWidth > nav.clientWidth) nav.scrollLeft += here.left - all.left - (all.width - here.width) / 2;
    }
  });

  // The person's menu closes by Escape and by a click beside it, as menus do.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
})();
