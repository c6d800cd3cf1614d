// The grid: counts for how long each tile is on the screen, marks by key or click, and sends one press for all. What
// counts is decided by the server: this file only says what it saw.
import { LoggedOut, post } from "./desk-send.js";

const TICK_MS = 100;
const MOST_MS = 250; // a tick that came later slept: what happened meanwhile is not counted
const BEAT_MS = 20000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000];
const WHOLE = 0.9; // so much of a tile, or of the window, must be the tile

const form = document.getElementById("grid");
const undo = document.getElementById("grid-undo");
const tiles = [...document.querySelectorAll("[data-tile]")].map((element) => ({
  element,
  id: element.dataset.tile,
  box: element.querySelector("input"),
  image: element.querySelector("img"),
  visible: false,
  ms: 0,
}));
const needed = Number(form?.dataset.ms);
let sending = false;
let until = form?.dataset.until;

// -- what is on the screen -------------------------------------------------------------------------------------------
function watch() {
  const bar = form.querySelector(".send").offsetHeight;
  const steps = [...Array(21).keys()].map((n) => n / 20);
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const tile = tiles.find((one) => one.element === entry.target);
        const fills = entry.rootBounds && entry.intersectionRect.height >= WHOLE * entry.rootBounds.height;
        tile.visible = entry.isIntersecting && (entry.intersectionRatio >= WHOLE || fills);
      }
    },
    { threshold: steps, rootMargin: `0px 0px -${bar}px 0px` },
  );
  for (const tile of tiles) observer.observe(tile.element);
}

let last = performance.now();
function tick() {
  const now = performance.now();
  const passed = Math.min(now - last, MOST_MS);
  last = now;
  if (document.hidden || document.querySelector("dialog[open]")) return;
  for (const tile of tiles) {
    const there = tile.image.complete && tile.image.naturalWidth > 0;
    tile.element.classList.toggle("no-picture", tile.image.complete && !there);
    if (!tile.visible || !there || tile.gone) continue;
    tile.ms += passed;
    if (seen(tile)) tile.element.classList.add("seen");
  }
  count();
}

const seen = (tile) => tile.ms >= needed;

function count() {
  const open = tiles.filter((tile) => !tile.gone && !tile.box.checked);
  const figures = {
    approve: open.filter(seen).length,
    marked: tiles.filter((tile) => tile.box.checked).length,
    unseen: open.filter((tile) => !seen(tile)).length,
  };
  for (const [name, n] of Object.entries(figures)) {
    const place = form.querySelector(`[data-n="${name}"]`);
    if (place.textContent !== String(n)) place.textContent = n;
  }
}

const shown = () => JSON.stringify(Object.fromEntries(tiles.map((tile) => [tile.id, Math.round(tile.ms)])));

// -- leases ----------------------------------------------------------------------------------------------------------
async function beat() {
  if (sending) return;
  const data = new FormData();
  data.set("shown", shown());
  try {
    const answer = await post(form.dataset.beat, data);
    if (!answer.ok || sending) return;
    until = answer.data.until;
    const gone = tiles.filter((tile) => !tile.gone && !answer.data.held.includes(tile.id));
    for (const tile of gone) (tile.gone = true, (tile.box.disabled = true), tile.element.classList.add("gone"));
    if (gone.length) notice(form.dataset.lost);
    count();
  } catch {
    // The next beat says more; the press itself is kept until it arrives.
  }
}

function leave() {
  if (sending) return; // what is pressed is the server's now, and what was marked lies on the desk
  const data = new FormData();
  data.set("until", until);
  data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  navigator.sendBeacon(form.dataset.leave, data);
}

// -- pressing --------------------------------------------------------------------------------------------------------
function notice(text) {
  const place = document.getElementById("grid-notices");
  const li = Object.assign(document.createElement("li"), { textContent: text });
  place.replaceChildren(li);
  return li;
}

async function press(event) {
  event.preventDefault();
  if (sending) return;
  sending = true;
  const data = new FormData(form);
  data.set("press", form.dataset.press); // the same at every try, so that it counts once
  data.set("shown", shown());
  form.querySelector(".send button").disabled = true;
  document.getElementById("grid-says").textContent = "…";
  for (let tries = 0; ; tries++) {
    try {
      const answer = await post(form.action, data);
      if (answer.ok) return location.assign(answer.data.next);
      notice(answer.data.detail ?? "");
      sending = false;
      form.querySelector(".send button").disabled = false;
      document.getElementById("grid-says").textContent = "";
      return;
    } catch (problem) {
      notice(problem instanceof LoggedOut ? form.dataset.loggedOut : form.dataset.notSent);
      await new Promise((done) => setTimeout(done, WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]));
      data.delete("csrfmiddlewaretoken"); // a new login has a new one
    }
  }
}

// -- keys ------------------------------------------------------------------------------------------------------------
const at = () => Math.max(0, tiles.findIndex((tile) => tile.element.contains(document.activeElement)));

function move(key) {
  const columns = getComputedStyle(form.querySelector(".tiles")).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  const inside = tiles.some((tile) => tile.element.contains(document.activeElement));
  const to = inside ? at() + step : 0;
  if (to < 0 || to >= tiles.length) return;
  tiles[to].box.focus({ preventScroll: true });
  tiles[to].element.scrollIntoView({ block: "nearest" });
}

function large() {
  const tile = tiles[at()];
  const dialog = document.getElementById("grid-large");
  dialog.querySelector("img").src = tile.image.src;
  dialog.querySelector("img").alt = tile.image.alt;
  dialog.querySelector("p").textContent = tile.element.querySelector(".words").innerText;
  dialog.showModal();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return void (form && key === form.dataset.zoom && dialog.id === "grid-large" && dialog.close());
  if (event.repeat && !key.startsWith("Arrow")) return; // a key held down presses once
  const undoKey = undo?.querySelector("button").dataset.key;
  if (undo && key === undoKey) undo.requestSubmit();
  else if (!form || sending) return;
  else if (key.startsWith("Arrow")) move(key);
  else if (key === form.dataset.mark) tiles[at()].box.click();
  else if (key === form.dataset.zoom) large();
  else if (key === form.dataset.approve) form.requestSubmit();
  else if (key === "?") document.getElementById("grid-help").showModal();
  else return;
  event.preventDefault();
}

// -- beginning -------------------------------------------------------------------------------------------------------
if (undo) {
  const end = Date.now() + 1000 * undo.dataset.seconds;
  const clock = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) undo.querySelector("[data-undo-left]").textContent = `${left} s`;
    else (clearInterval(clock), undo.remove());
  }, 500);
}
document.addEventListener("keydown", onKey);
if (form) {
  watch();
  setInterval(tick, TICK_MS);
  setInterval(beat, BEAT_MS);
  form.addEventListener("submit", press);
  form.addEventListener("change", count);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("beforeunload", (event) => sending && document.getElementById("grid-notices").children.length && event.preventDefault());
  tiles[0]?.box.focus({ preventScroll: true });
}
