// Around the desk in a few stops: a dialog beside each thing, which is outlined. While it is open the desk's own keys
// rest (desk-keys.js leaves an open dialog alone). That it was seen is remembered on the server, for the person.
const dialog = document.getElementById("desk-tour");

if (dialog) {
  const stops = [...dialog.querySelectorAll("[data-at]")];
  const next = dialog.querySelector("[data-tour-next]");
  const nextWord = next.textContent;
  let there = []; // the stops whose thing is on the page now
  let at = 0;

  const thing = (stop) => [...document.querySelectorAll(stop.dataset.at)].find((one) => one.getClientRects().length);
  const outline = (element) => {
    document.querySelector(".toured")?.classList.remove("toured");
    element?.classList.add("toured");
  };

  function show(n) {
    at = n;
    for (const stop of stops) stop.hidden = stop !== there[at];
    const element = thing(there[at]);
    outline(element);
    element.scrollIntoView({ block: "nearest" });
    const box = element.getBoundingClientRect();
    dialog.classList.toggle("above", box.top > innerHeight / 2);
    dialog.querySelector("[data-tour-place]").textContent = `${at + 1} / ${there.length}`;
    dialog.querySelector("[data-tour-back]").disabled = at === 0;
    next.textContent = at === there.length - 1 ? next.dataset.last : nextWord;
    there[at].querySelector("h2").focus();
  }

  function begin() {
    there = stops.filter(thing);
    if (!document.querySelector("#desk-place article")) return void (location.href = dialog.dataset.seen); // nothing to show it on
    if (dialog.open) return;
    dialog.showModal();
    show(0);
  }

  async function end(whole) {
    if (!dialog.open) return;
    dialog.close();
    outline(null);
    const body = new URLSearchParams({ csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value });
    if (whole) body.set("whole", "1");
    // If it does not arrive they are asked again the next time: no harm.
    fetch(dialog.dataset.seen, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } }).catch(() => {});
    document.querySelector(".tour-offer")?.remove();
    document.querySelector("#desk-place h1")?.focus({ preventScroll: true });
  }

  const forward = () => (at === there.length - 1 ? end(true) : show(at + 1));
  const back = () => at > 0 && show(at - 1);
  next.addEventListener("click", forward);
  dialog.querySelector("[data-tour-back]").addEventListener("click", back);
  dialog.querySelector("[data-tour-skip]").addEventListener("click", () => end(false));
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), end(false)));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") forward();
    else if (event.key === "ArrowLeft") back();
    else return;
    event.preventDefault();
  });
  for (const button of document.querySelectorAll("[data-tour-begin]"))
    button.addEventListener("click", (event) => (event.preventDefault(), button.closest("dialog")?.close(), begin()));
  if ("now" in dialog.dataset) begin();
}
