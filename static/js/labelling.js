// Answers by keys: on the tile that has the focus; the next one without an answer follows. Without this file the page
// is a form that does the same.
const ANSWERS = { y: "yes", 1: "yes", n: "no", 2: "no", s: "unsure", 3: "unsure" };
const form = document.getElementById("answers");
const undo = document.getElementById("undo");
const tiles = [...document.querySelectorAll("[data-tile]")];
let sent = false;

const current = () => tiles.findIndex((tile) => tile.contains(document.activeElement));
// Some tiles have a list beside their answers; what is chosen there is an answer too.
const listed = (tile) => tile.querySelector("select");
const answered = (tile) => tile.querySelector("input:checked") ?? (listed(tile)?.value ? listed(tile) : null);
const go = (n) => tiles[Math.max(0, Math.min(tiles.length - 1, n))]?.focus();

function columns() {
  const top = tiles[0].getBoundingClientRect().top;
  return tiles.filter((tile) => Math.abs(tile.getBoundingClientRect().top - top) < 2).length;
}

function count() {
  const done = tiles.filter(answered).length;
  document.getElementById("answered").textContent = done ? `${done} of ${tiles.length} answered` : "What stays without an answer is asked again.";
}

function choose(n, value) {
  const wanted = tiles[n].querySelector(`input[value=${value}]`);
  if (!wanted) return; // not every grid has every answer
  wanted.checked = true;
  if (listed(tiles[n])) listed(tiles[n]).value = "";
  count();
  const next = [...tiles.slice(n + 1), ...tiles.slice(0, n)].find((tile) => !answered(tile));
  (next ?? tiles[n]).focus();
}

function clear(n) {
  const chosen = answered(tiles[n]);
  if (chosen?.matches("select")) chosen.value = "";
  else if (chosen) chosen.checked = false;
  else go(n - 1); // what was just answered lies one back
  count();
}

function send(which) {
  if (sent || !which) return;
  sent = true; // a second Enter while the page is on its way
  which.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.target.closest("select") && key !== "Enter") return; // its letters choose from it
  const elsewhere = event.target.closest("a, summary, button, header.topbar");
  if (elsewhere && (key === "Enter" || key === " ")) return;
  if (key === "o" && tiles.length && listed(tiles[Math.max(0, current())])) {
    event.preventDefault();
    return listed(tiles[Math.max(0, current())]).focus();
  }
  if (key === "u") return undo && (event.preventDefault(), send(undo));
  if (!tiles.length) return;
  const n = Math.max(0, current());
  const act = {
    ArrowLeft: () => go(n - 1),
    ArrowRight: () => go(n + 1),
    ArrowUp: () => go(n - columns()),
    ArrowDown: () => go(n + columns()),
    Backspace: () => clear(n),
    Enter: () => (tiles.some(answered) ? send(form) : null),
  }[key];
  if (!act && !(key in ANSWERS)) return;
  event.preventDefault();
  if (act) act();
  else choose(n, ANSWERS[key]);
});

form?.addEventListener("change", count);
for (const img of document.querySelectorAll(".seen img")) {
  const broken = () => ((img.hidden = true), (img.nextElementSibling.hidden = false));
  if (img.complete && !img.naturalWidth) broken();
  img.addEventListener("error", broken);
}
addEventListener("pageshow", () => (sent = false)); // back from the history
tiles[0]?.focus({ preventScroll: true });
