// The desk's stage with the keys of this page: each presses the button that shows it.
import * as stage from "./desk-stage.js";

const article = document.querySelector("article[data-submission]");
let sent = false;

if (article) {
  stage.begin(article);
  stage.listen(document.body);
  for (const form of article.querySelectorAll(".actions form")) {
    form.addEventListener("submit", (event) => (sent ? event.preventDefault() : (sent = true))); // one answer a page
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (/^Arrow/.test(key)) {
      if (!event.target.closest(".strip, video") && stage.move(article, key)) event.preventDefault();
      return;
    }
    const button = article.querySelector(`:is(.actions, .tools) [data-key="${CSS.escape(key)}"]`);
    if (button) (event.preventDefault(), button.click());
  });
}
addEventListener("pageshow", () => (sent = false)); // back from the history
