// Training is answered by the desk's own keys: each presses the button that shows it. Without this file the buttons do.
import { keyOf, writing } from "./desk-keys.js";

const answers = document.getElementById("training-answer");

document.addEventListener("keydown", (event) => {
  if (!answers || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || writing(event.target)) return;
  const key = keyOf(event);
  if (key === answers.dataset.reject) {
    answers.querySelector("button[name=reason]").focus();
    event.preventDefault();
    return;
  }
  const button = answers.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  // A case is answered once, however often the key is pressed while the next one comes.
  if (answers.dataset.sent) return;
  answers.dataset.sent = "1";
  button.click();
});
