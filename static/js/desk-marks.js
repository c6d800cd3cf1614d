// Where: a box that is drawn over a picture, a whole picture, or words that are selected. Sent with the next decision.
import { fill, gettext } from "./words.js";

const kept = new WeakMap(); // article -> its marks
const LEAST = 8; // of the overlay's 1000 units: less is a click, not a box

const marksOf = (article) => kept.get(article) ?? kept.set(article, []).get(article);
const overlay = (article) => article.querySelector(".view.current svg.marks");

export function addTo(data, article) {
  for (const { mark } of marksOf(article)) data.append("mark", JSON.stringify(mark));
}

export function listen(root) {
  root.addEventListener("click", (event) => {
    const article = event.target.closest("article");
    if (event.target.closest(".tools [data-tool=where]")) where(article);
    const remove = event.target.closest("[data-unmark]");
    if (remove) (marksOf(article).splice(remove.dataset.unmark, 1), show(article));
  });
  root.addEventListener("pointerdown", (event) => {
    const article = event.target.closest?.("article.is-marking");
    if (article && event.target.closest(".view.current .canvas")) (event.preventDefault(), event.stopPropagation(), draw(article, event));
  }, true);
  root.addEventListener("keydown", (event) => event.key === "Escape" && event.target.closest?.("article") && stop(event.target.closest("article")));
}

function where(article) {
  const span = selected(article);
  if (span) return add(article, span.mark, span.says);
  const svg = overlay(article);
  if (!svg) return;
  if (!article.classList.contains("is-marking")) return begin(article);
  stop(article);
  add(article, { part: svg.dataset.part }, fill(gettext("%(name)s: all of it"), { name: svg.dataset.name }));
}

function begin(article) {
  article.classList.add("is-marking");
  article.querySelector("[data-tool=where]").setAttribute("aria-pressed", "true");
}

function stop(article) {
  article.classList.remove("is-marking");
  article.querySelector("[data-tool=where]")?.setAttribute("aria-pressed", "false");
}

function add(article, mark, says) {
  const marks = marksOf(article);
  if (!marks.some((one) => JSON.stringify(one.mark) === JSON.stringify(mark))) marks.push({ mark, says });
  show(article);
}

function show(article) {
  const section = article.querySelector("[data-meant]");
  section.hidden = !marksOf(article).length;
  section.querySelector("ul").replaceChildren(...marksOf(article).map(({ says }, at) => {
    const li = document.createElement("li");
    li.append(says, " ");
    li.append(Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "×", ariaLabel: fill(gettext("Take away: %(what)s"), { what: says }) }));
    li.lastChild.dataset.unmark = at;
    return li;
  }));
  for (const svg of article.querySelectorAll("svg.marks")) {
    svg.replaceChildren(...marksOf(article).filter(({ mark }) => mark.part === svg.dataset.part).map(({ mark }) => rect(svg, mark)));
  }
}

function rect(svg, { x = 0, y = 0, w = 1, h = 1 }) {
  const { width, height } = svg.viewBox.baseVal;
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: x * width, y: y * height, width: w * width, height: h * height })) made.setAttribute(name, value);
  return made;
}

function draw(article, event) {
  const svg = overlay(article);
  if (!svg) return;
  const { width, height } = svg.viewBox.baseVal;
  const clamp = (value, most) => Math.min(most, Math.max(0, value));
  const at = (moved) => {
    const point = new DOMPoint(moved.clientX, moved.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return { x: clamp(point.x, width), y: clamp(point.y, height) };
  };
  const from = at(event);
  const box = (to) => ({ x: Math.min(from.x, to.x) / width, y: Math.min(from.y, to.y) / height, w: Math.abs(to.x - from.x) / width, h: Math.abs(to.y - from.y) / height });
  let sketch = svg.appendChild(rect(svg, box(from)));
  const move = (moved) => {
    const next = rect(svg, box(at(moved)));
    sketch.replaceWith(next);
    sketch = next;
  };
  const end = (moved) => {
    removeEventListener("pointermove", move);
    const { x, y, w, h } = box(at(moved));
    stop(article);
    show(article);
    if (w * width < LEAST || h * height < LEAST) return;
    const round = (value) => Math.round(value * 10000) / 10000;
    add(article, { part: svg.dataset.part, x: round(x), y: round(y), w: round(w), h: round(h) }, fill(gettext("%(name)s: a place in it"), { name: svg.dataset.name }));
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end, { once: true });
}

// The words that are selected in one text of this article, counted in characters as the server counts them.
function selected(article) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const holder = (node) => (node.nodeType === 1 ? node : node.parentElement).closest("[data-part]:not(svg)");
  const text = holder(range.startContainer);
  if (!text || text !== holder(range.endContainer) || !article.contains(text)) return null;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  const words = range.toString();
  selection.removeAllRanges();
  return { mark: { part: text.dataset.part, start, end: start + [...words].length }, says: `“${words}”` };
}
