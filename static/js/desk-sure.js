// Approving what a detector found something in takes two presses: the first says so, the second, not at once, approves.
import { gettext } from "./words.js";

const AT_LEAST_MS = 250; // a bounced key or a double click is no second thought
const ARMED_MS = 5000;

export function sure(article, button, data) {
  if (!("found" in article.dataset) || data.has("sure")) return true;
  const now = performance.now();
  const since = now - (article.dataset.armed ?? -Infinity);
  if (since >= AT_LEAST_MS && since < ARMED_MS) {
    data.set("sure", "1");
    return true;
  }
  if (since < AT_LEAST_MS) return false;
  article.dataset.armed = now;
  const words = article.querySelector("[data-approve]");
  words.textContent = gettext("Press again");
  article.querySelector("button.approve").classList.add("is-armed");
  setTimeout(() => {
    words.textContent = gettext("Approve");
    article.querySelector("button.approve").classList.remove("is-armed");
  }, ARMED_MS);
  return false;
}
