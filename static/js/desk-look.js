// A submission that is only read: the same stage, with its keys.
import * as stage from "./desk-stage.js";

const article = document.querySelector("article[data-submission]");
stage.begin(article);
stage.listen(document.body);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, input, select")) return;
  const button = article.querySelector(`.tools [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button) button.click();
  else if (/^Arrow(Left|Right)$/.test(event.key) && !event.target.closest(".strip, video")) stage.move(article, event.key);
});
