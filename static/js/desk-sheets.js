// Sheets that open from the row of actions: where the focus goes, and what the child would read.
import { gettext } from "./words.js";

const SLOW_MS = 700; // a bounced key or a double click is no second thought

// What cannot be taken back: its button sleeps for a moment, and never has the focus by itself.
function slowly(sheet) {
  const button = sheet.querySelector("button.danger");
  button.disabled = true;
  sheet.tabIndex = -1;
  sheet.focus();
  setTimeout(() => (button.disabled = false), SLOW_MS);
}

export function listen(root) {
  root.addEventListener("toggle", (event) => {
    if (event.newState === "open" && event.target.matches("[data-slow]")) slowly(event.target);
    else if (event.newState === "open" && event.target.matches(".sheet")) event.target.querySelector("button, input, select")?.focus();
  }, true);
  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-preview]");
    if (form) preview(form);
  });
}

let asked = 0;

async function preview(form) {
  const place = form.querySelector("[data-preview-text]");
  const query = new URLSearchParams();
  const data = new FormData(form);
  for (const code of data.getAll("reason")) query.append("reason", code);
  for (const [name, said] of data) if (name.startsWith("part-") && said && said !== "fine") query.append("reason", said);
  if (data.get("first")) query.set("first", data.get("first"));
  if (data.has("name_pictures")) for (const n of pictures(form)) query.append("picture", n);
  const mine = ++asked;
  try {
    const answer = await fetch(`${form.dataset.preview}?${query}`, { headers: { Accept: "application/json" } });
    const { text } = await answer.json();
    if (mine === asked) place.textContent = text || gettext("Choose a reason to read it.");
  } catch {
    place.textContent = gettext("It cannot be shown just now. What is sent stays within the templates.");
  }
}

function pictures(form) {
  const article = form.closest("article");
  const named = new Set([...article.querySelectorAll("svg.marks")].filter((svg) => svg.childElementCount).map((svg) => svg.dataset.part));
  for (const [name, said] of new FormData(form)) if (name.startsWith("part-") && said && said !== "fine") named.add(name.slice(5));
  return [...article.querySelectorAll(".view[data-kind=image] svg.marks")].flatMap((svg, at) => (named.has(svg.dataset.part) ? [at + 1] : []));
}
