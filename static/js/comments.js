// Answers by keys, on the draft that has the focus. Plain keys are dead while a text is edited. A draft can be approved
// when it was on the screen for a second. Without this file the page is a form that does the same.
const form = document.getElementById("answers");
const undo = document.getElementById("undo");
const ON_SCREEN = 1000;
const seen = new WeakSet();
let sent = false;

const tiles = () => [...document.querySelectorAll("[data-tile]")];
const current = () => Math.max(0, tiles().findIndex((tile) => tile.contains(document.activeElement)));
const go = (n) => tiles()[Math.max(0, Math.min(tiles().length - 1, n))]?.focus();
const chosen = (tile) => tile.querySelector("input[type=radio]:checked")?.value ?? "";

function columns() {
  const all = tiles();
  const top = all[0].getBoundingClientRect().top;
  return all.filter((tile) => Math.abs(tile.getBoundingClientRect().top - top) < 2).length;
}

function say(text) {
  document.getElementById("answered").textContent = text;
}

function count() {
  const all = tiles();
  const approved = all.filter((tile) => chosen(tile) === "approve").length;
  const dropped = all.filter((tile) => chosen(tile) === "drop").length;
  say(approved || dropped ? `${approved} to approve, ${dropped} to drop, of ${all.length}` : "What is left for later stays here.");
}

function choose(n, value) {
  const all = tiles();
  if (value === "approve" && !seen.has(all[n])) return say("Look at it for a second first.");
  all[n].querySelector(`input[type=radio][value="${value}"]`).checked = true;
  count();
  if (value) (all.slice(n + 1).find((tile) => !chosen(tile)) ?? all[n]).focus();
}

function approveAll() {
  for (const tile of tiles()) if (seen.has(tile) && !chosen(tile)) tile.querySelector("input[value=approve]").checked = true;
  const unseen = tiles().filter((tile) => !seen.has(tile)).length;
  count();
  if (unseen) say(`${unseen} of ${tiles().length} were not on the screen yet.`);
}

// An empty box for one's own words; what stood there comes back with Ctrl+Z.
function ownWords(tile) {
  const box = tile.querySelector("textarea");
  if (!box) return;
  box.focus();
  box.select();
  document.execCommand("delete");
}

// Another theme is sent when one is done choosing, not at every step of an arrow key.
function correct(select) {
  if (changed(select)) select.closest("[data-tile]").querySelector("[data-correct]").click();
}

function changed(select) {
  const was = [...select.options].find((option) => option.defaultSelected) ?? select.options[0];
  select.parentElement.classList.toggle("changed", select.value !== was.value);
  return select.value !== was.value;
}

function send(which) {
  if (sent || !which) return;
  sent = true;
  which.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const editing = event.target.closest("textarea, select, input:not([type=radio])");
  if (editing) {
    const theme = editing.matches("[data-theme-of]");
    if (theme && event.key === "Enter") event.preventDefault();
    if (event.key === "Escape" || (theme && event.key === "Enter")) {
      editing.closest("[data-tile]")?.focus();
      if (theme) correct(editing);
    }
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.target.closest("a, summary, button, header.topbar") && (key === "Enter" || key === " ")) return;
  if (key === "u") return undo && (event.preventDefault(), send(undo));
  const all = tiles();
  if (!all.length) return;
  const n = current();
  const act = {
    a: () => (event.shiftKey ? approveAll() : choose(n, "approve")),
    d: () => choose(n, "drop"),
    Backspace: () => choose(n, ""),
    e: () => all[n].querySelector("textarea, input[name^=why]")?.focus(),
    w: () => ownWords(all[n]),
    c: () => all[n].querySelector("[data-character]")?.focus(),
    t: () => all[n].querySelector("[data-theme-of]")?.focus(),
    r: () => all[n].querySelector("[data-again]")?.click(),
    ArrowLeft: () => go(n - 1),
    ArrowRight: () => go(n + 1),
    ArrowUp: () => go(n - columns()),
    ArrowDown: () => go(n + columns()),
    Enter: () => (all.some(chosen) ? send(form) : null),
  }[key];
  if (!act) return;
  event.preventDefault();
  act();
});

// -- what was on the screen
const timers = new WeakMap();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => note(target), ON_SCREEN));
    }
  },
  { threshold: 0.6 },
);

function note(tile) {
  if (document.hidden) return timers.set(tile, setTimeout(() => note(tile), ON_SCREEN));
  seen.add(tile);
  delete tile.dataset.unseen;
  watcher.unobserve(tile);
}

function watch(tile) {
  tile.dataset.unseen = "";
  watcher.observe(tile);
  for (const img of tile.querySelectorAll(".seen img")) {
    const broken = () => ((img.hidden = true), (img.nextElementSibling.hidden = false));
    if (img.complete && !img.naturalWidth) broken();
    img.addEventListener("error", broken);
  }
}

tiles().forEach(watch);
// Another text is another draft: it has to be read first, and the focus is not lost.
document.addEventListener("htmx:afterSwap", (event) => {
  const tile = event.detail.target.querySelector("[data-tile]");
  if (!tile) return;
  watch(tile);
  tile.focus({ preventScroll: true });
  count();
});
// The server refuses what cannot have been read, and what was edited would be gone: so it is said here, before it is sent.
form?.addEventListener("submit", (event) => {
  const approved = tiles().filter((tile) => chosen(tile) === "approve").length;
  if (event.submitter?.matches("[data-again], [data-correct]") || approved * ON_SCREEN <= performance.now()) return;
  event.preventDefault();
  sent = false;
  say(`${approved} drafts cannot have been read yet. Send again in a moment.`);
});
document.getElementById("all")?.addEventListener("click", approveAll);
form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-theme-of]")) return changed(event.target);
  const tile = event.target.closest("[data-tile]");
  if (event.target.value === "approve" && event.target.type === "radio" && !seen.has(tile)) {
    tile.querySelector('input[type=radio][value=""]').checked = true;
    say("Look at it for a second first.");
  } else count();
});
addEventListener("pageshow", () => (sent = false));
tiles()[0]?.focus({ preventScroll: true });
