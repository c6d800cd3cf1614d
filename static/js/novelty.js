// Keys on the card that has the focus. Plain keys are dead while a name is typed. Without this file the page is forms
// that do the same.
const undo = document.getElementById("undo");
const cards = () => [...document.querySelectorAll("[data-card]")];
const current = () => Math.max(0, cards().findIndex((card) => card.contains(document.activeElement)));
let sent = false;

function go(n) {
  const all = cards();
  const card = all[Math.max(0, Math.min(all.length - 1, n))];
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

function send(form, button) {
  if (sent || !form) return;
  sent = true;
  form.requestSubmit(button ?? undefined);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("select, input:not([type=checkbox])");
  if (typing) {
    const card = typing.closest("[data-card]");
    if (event.key === "Escape") card?.focus();
    // A list does not send its form by itself.
    if (event.key === "Enter" && typing.matches("[data-theme]") && typing.value) {
      event.preventDefault();
      send(typing.form, card.querySelector("[data-merge]"));
    }
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "u") return undo && (event.preventDefault(), send(undo));
  const all = cards();
  if (!all.length) return;
  const n = current();
  const act = {
    j: () => go(n + 1),
    k: () => go(n - 1),
    n: () => all[n].querySelector("[data-name]").focus(),
    m: () => all[n].querySelector("[data-theme]").focus(),
    w: () => send(all[n].querySelector("form"), all[n].querySelector("[data-wave]")),
    Escape: () => go(n),
  }[key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const img of document.querySelectorAll(".mosaic img")) {
  const broken = () => ((img.hidden = true), (img.nextElementSibling.hidden = false));
  if (img.complete && !img.naturalWidth) broken();
  img.addEventListener("error", broken);
}
addEventListener("pageshow", () => (sent = false));
(document.querySelector("[data-card]:target") ?? cards()[0])?.focus({ preventScroll: !location.hash });
