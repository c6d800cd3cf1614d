// Plain keys, without modifiers. Each presses the button that shows it (data-key), so what a key does is on the page.
import * as stage from "./desk-stage.js";

export function writing(target) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])");
}

export function keyOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Digits by place: on a French keyboard they need a modifier.
  return event.code?.startsWith("Digit") && !/[0-9?]/.test(key) ? event.code.slice(5) : key;
}

// In an open sheet the digits, and the key that opened it, choose one of its buttons (data-n).
function choose(sheet, key) {
  const button = sheet.querySelector(`[data-n="${CSS.escape(key)}"]`);
  button?.click();
  return Boolean(button);
}

export function listenForKeys(place, { root, current, undoBox, help }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
    const key = keyOf(event);
    if (event.repeat && !key.startsWith("Arrow")) return; // a key held down decides once
    const sheet = document.querySelector("dialog[open], .sheet:popover-open");
    if (sheet) return void (choose(sheet, key) && event.preventDefault());
    const article = current();
    if (key === "?") help();
    else if (key === root.dataset.undo) undoBox.querySelector("button")?.click();
    else if (!article) return;
    else if (key === root.dataset.reject) reject(article);
    else if (key === "Escape") return back(article); // the browser closes what is open by itself
    else if (key.startsWith("Arrow")) {
      if (!stage.move(article, key)) return;
    } else {
      const button = article.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!button || button.disabled) return;
      button.click();
    }
    event.preventDefault();
  });

  // What the child would read follows the reason that is looked at.
  const tell = (event) => {
    const button = event.target.closest?.("button[name=reason]");
    if (button) preview(button.closest("article"), button.value);
  };
  place.addEventListener("focusin", tell);
  place.addEventListener("pointerover", tell);
}

function preview(article, code) {
  for (const told of article.querySelectorAll("[data-told]")) told.hidden = told.dataset.told !== code;
}

function reject(article) {
  const reasons = article.querySelector(".reasons");
  if (getComputedStyle(article.querySelector("button.reject")).display !== "none" && !reasons.matches(":popover-open")) reasons.showPopover();
  (reasons.querySelector(".suspected") ?? reasons.querySelector("button")).focus();
}

function back(article) {
  stage.zoom(article, false);
  article.querySelector("h1").focus({ preventScroll: true });
  preview(article, article.dataset.suspected);
}
