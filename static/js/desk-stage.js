// The pictures: which one is large, boxes over it, zoom and pan; a video's moments; the clock of the due time.
import { fill, gettext } from "./words.js";

const ZOOM = 2.5;
const STEP = 0.15;
const NEAR_SECONDS = 0.4;
const places = new WeakMap(); // figure -> where it is zoomed to: {x, y} of the middle, as shares
let boxes = true;

const view = (article) => article.querySelector(".view.current");
const tool = (article, key) => article.querySelector(`.tools :is([data-key="${key}"], [data-tool="${key}"])`);

export function begin(article) {
  for (const img of article.querySelectorAll(".view img")) {
    if (img.complete && !img.naturalWidth) broken(img);
    else if (img.complete) img.closest(".view").classList.add("is-there");
  }
  drawBoxes(article);
}

export function listen(root) {
  root.addEventListener("error", (event) => event.target.matches?.(".view img") && broken(event.target), true);
  root.addEventListener("load", (event) => event.target.closest?.(".view")?.classList.add("is-there"), true);
  root.addEventListener("click", (event) => {
    const article = event.target.closest("article");
    const by = (selector) => event.target.closest(selector);
    if (!article) return;
    if (by("[data-show]")) (event.preventDefault(), showView(article, +by("[data-show]").dataset.show));
    else if (by("[data-seek]")) seek(by(".view"), +by("[data-seek]").dataset.seek);
    else if (by(".tools [data-tool=zoom]")) zoom(article);
    else if (by(".tools [data-tool=boxes]")) ((boxes = !boxes), drawBoxes(article));
    else if (by(".tools [data-tool=veil]")) unveil(article);
    else if (by(".tools [data-key^=Arrow]")) move(article, by("[data-key]").dataset.key, true);
  });
  root.addEventListener("dblclick", (event) => event.target.closest(".canvas") && zoom(event.target.closest("article"), null, event));
  root.addEventListener("pointerdown", (event) => drag(event));
  for (const name of ["timeupdate", "seeked"]) root.addEventListener(name, (event) => moments(event.target), true);
}

function broken(img) {
  const figure = img.closest(".view");
  figure.classList.add("is-broken");
  figure.querySelector(".broken").hidden = false;
}

// Looking at what was flagged is a deed, and holds for this submission alone.
function unveil(article) {
  tool(article, "veil").setAttribute("aria-pressed", article.classList.toggle("unveiled"));
}

function drawBoxes(article) {
  article.classList.toggle("no-boxes", !boxes);
  tool(article, "boxes")?.setAttribute("aria-pressed", boxes);
}

export function showView(article, n) {
  const views = [...article.querySelectorAll(".view")];
  const links = [...article.querySelectorAll("[data-show]")];
  if (!views[n] || views[n] === view(article)) return;
  zoom(article, false);
  view(article).querySelector("video")?.pause();
  views.forEach((one, at) => one.classList.toggle("current", at === n));
  links.forEach((link, at) => (at === n ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  links[n]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  article.querySelector("[data-at]").textContent = n + 1;
}

// An arrow key: pans when zoomed, else goes to the next picture. False when it means nothing here.
export function move(article, key, always = false) {
  const figure = view(article);
  const at = figure && places.get(figure);
  if (at && !always) {
    at.x += { ArrowLeft: -STEP, ArrowRight: STEP }[key] ?? 0;
    at.y += { ArrowUp: -STEP, ArrowDown: STEP }[key] ?? 0;
    draw(figure);
    return true;
  }
  if (!figure || !/Left|Right/.test(key)) return false;
  showView(article, +figure.dataset.view + (key === "ArrowRight" ? 1 : -1));
  return true;
}

export function zoom(article, on = null, pointer = null) {
  const figure = view(article);
  if (!figure || figure.dataset.kind !== "image") return;
  on ??= !places.has(figure);
  const img = figure.querySelector("img");
  if (on) {
    const frame = figure.querySelector(".canvas").getBoundingClientRect();
    const share = (at, from, size) => (at === undefined ? 0.5 : (at - from) / size);
    places.set(figure, { x: share(pointer?.clientX, frame.left, frame.width), y: share(pointer?.clientY, frame.top, frame.height) });
    if (img.src !== img.dataset.full) img.src = img.dataset.full; // the preview is too coarse for this
  } else places.delete(figure);
  figure.classList.toggle("zoomed", on);
  tool(article, "zoom")?.setAttribute("aria-pressed", on);
  draw(figure);
}

function draw(figure) {
  const at = places.get(figure);
  const canvas = figure.querySelector(".canvas");
  if (!at) return canvas.style.removeProperty("transform");
  const half = 0.5 / ZOOM;
  for (const axis of ["x", "y"]) at[axis] = Math.min(1 - half, Math.max(half, at[axis]));
  canvas.style.transform = `scale(${ZOOM}) translate(${(0.5 - at.x) * 100}%, ${(0.5 - at.y) * 100}%)`;
}

function drag(event) {
  const figure = event.target.closest?.(".view.zoomed");
  if (!figure) return;
  const canvas = figure.querySelector(".canvas");
  let { clientX: x, clientY: y } = event;
  const pan = (moved) => {
    const at = places.get(figure);
    if (!at) return;
    at.x -= (moved.clientX - x) / canvas.offsetWidth / ZOOM;
    at.y -= (moved.clientY - y) / canvas.offsetHeight / ZOOM;
    ({ clientX: x, clientY: y } = moved);
    draw(figure);
  };
  figure.setPointerCapture(event.pointerId);
  figure.addEventListener("pointermove", pan);
  figure.addEventListener("lostpointercapture", () => figure.removeEventListener("pointermove", pan), { once: true });
}

function seek(figure, seconds) {
  const video = figure.querySelector("video");
  video.pause();
  video.currentTime = seconds;
}

function moments(video) {
  for (const svg of video.parentElement.querySelectorAll("[data-moment]")) {
    svg.classList.toggle("near", Math.abs(svg.dataset.moment - video.currentTime) < NEAR_SECONDS);
  }
}

export function tellTime(due) {
  // The server's clock, moved on by ours: a moderator's clock may be wrong.
  due.dataset.skew ??= Date.parse(due.dataset.now) - Date.now();
  const left = Math.trunc((Date.parse(due.dataset.due) - Date.now() - due.dataset.skew) / 1000);
  const [hours, minutes, seconds] = [Math.abs(left) / 3600, (Math.abs(left) % 3600) / 60, Math.abs(left) % 60].map(Math.floor);
  const figure = hours ? `${hours} h ${String(minutes).padStart(2, "0")}` : `${minutes}:${String(seconds).padStart(2, "0")}`;
  due.querySelector("[data-left]").textContent = fill(left < 0 ? gettext("%(time)s late") : gettext("%(time)s left"), { time: figure });
  due.querySelector("progress").value = Math.max(0, left);
  due.classList.toggle("late", left < 0);
  due.classList.toggle("soon", left >= 0 && left < 60 * (due.dataset.warn ?? 5));
}
