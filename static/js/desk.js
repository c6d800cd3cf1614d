// The desk: shows one submission, keeps the next ready, sends decisions behind the moderator's back and says when one
// did not arrive. Without this file every button is a form that does the same, a page later.
import { Claims } from "./desk-claims.js";
import { listenForKeys } from "./desk-keys.js";
import * as marks from "./desk-marks.js";
import { Sender, post } from "./desk-send.js";
import * as sheets from "./desk-sheets.js";
import * as stage from "./desk-stage.js";
import { sure } from "./desk-sure.js";
import { fill as words, gettext } from "./words.js";

const POLL_MS = 5000;
const AHEAD = 2; // so many are ready, pictures and all
const root = document.getElementById("desk");
const place = document.getElementById("desk-place");
const empty = document.getElementById("desk-empty");
const notices = document.getElementById("desk-notices");
const shelf = Object.assign(document.createElement("div"), { hidden: true }); // fetched ahead, pictures loading
const undoBox = Object.assign(document.createElement("div"), { className: "slot" });
let filling = false;
let poll = 0;
let said = ""; // what was just done, to be said together with what comes next

const current = () => place.querySelector("article");
const onHand = () => [current(), ...shelf.children].filter(Boolean);
const idOf = (article) => article.dataset.submission;
const say = (text) => (document.getElementById("desk-says").textContent = text);

function notice(text, actions = {}) {
  const li = document.createElement("li");
  li.append(text);
  for (const [label, act] of Object.entries(actions)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.addEventListener("click", () => (li.remove(), act()));
    li.append(button);
  }
  notices.append(li);
  return li;
}

function elementOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function recount(html) {
  if (html) document.getElementById("desk-counts").innerHTML = html;
}

// -- showing ---------------------------------------------------------------------------------------------------------
function show(article) {
  place.replaceChildren(...(article ? [article] : []));
  empty.hidden = Boolean(article);
  (article ?? empty).querySelector("[data-slot=undo]").replaceChildren(undoBox);
  if (article) {
    article.dataset.shownAt = new Date().toISOString();
    stage.begin(article);
    const title = article.querySelector("h1");
    title.focus({ preventScroll: true }); // not on a button: a second Enter would decide what nobody has seen
    scrollTo(0, 0);
    tell(`${title.textContent.trim()}. ${article.querySelector(".why b")?.textContent ?? ""}`);
  } else {
    empty.classList.add("is-looking"); // until the server has said that there is nothing
    empty.focus({ preventScroll: true });
  }
  tick();
}

function tell(text) {
  say(`${said} ${text}`.trim());
  said = "";
}

function nothing() {
  if (!empty.classList.contains("is-looking")) return;
  empty.classList.remove("is-looking");
  tell(gettext("Nothing waits for you."));
}

function advance(done) {
  said = done;
  show(shelf.firstElementChild);
  fill();
}

async function fill() {
  clearTimeout(poll);
  if (filling || shelf.childElementCount >= AHEAD) return;
  filling = true;
  const data = new FormData();
  for (const id of [...onHand().map(idOf), ...sender.waiting()]) data.append("id", id);
  if ("oneQueue" in root.dataset) data.set("queue", root.dataset.queue);
  let more = false;
  let failed = false;
  try {
    const answer = await post(root.dataset.next, data);
    failed = !answer.ok;
    claims.reached(answer.data.until);
    recount(answer.data.counts);
    if (answer.ok && answer.data.html) {
      const article = elementOf(answer.data.html);
      if (onHand().every((other) => idOf(other) !== idOf(article))) {
        shelf.append(article);
        more = true;
        article.querySelectorAll(".view.current img").forEach((img) => img.decode().catch(() => {}));
        if (!current()) advance(said || gettext("A new one:"));
      }
    } else if (!current()) nothing();
  } catch (problem) {
    claims.unreachable(problem);
    failed = true;
  }
  filling = false;
  if (more) return fill();
  // Somebody who waits is served soon, and what failed is asked again; who has something before them asks when it is
  // decided.
  if (!current() || failed) poll = setTimeout(() => (document.hidden ? 0 : fill()), POLL_MS * (0.9 + 0.2 * Math.random()));
}

// -- deciding --------------------------------------------------------------------------------------------------------
const sender = new Sender({
  person: root.dataset.person,
  arrived(sent, data) {
    recount(data.counts);
    claims.reached(data.until);
    if (sent === sender.last && data.undo) offerUndo(data.undo);
    if (data.receipt) notice(`${sent.title}: ${data.receipt}`, { [gettext("All right")]: () => {} });
    if (data.told) told(sent, data.told);
    fill();
  },
  refused(sent, detail, read) {
    if (sent === sender.last) undoBox.replaceChildren();
    notice(words(gettext("Not counted: %(what)s. %(why)s"), { what: sent.label, why: detail }), { [gettext("All right")]: read });
    fill();
  },
  notice,
});

// What was decided was none that waits: there is nothing to undo, and something to say.
function told(sent, text) {
  if (sent === sender.last) undoBox.replaceChildren();
  notice(`${sent.title ?? sent.label}. ${text}`, { [gettext("All right")]: () => {} });
}

function decide(form, submitter) {
  const article = form.closest("article");
  if (article !== current() || article.dataset.lost) return;
  const data = new FormData(form, submitter);
  if (!data.has("approve") && !data.has("reason")) return notice(gettext("Choose at least one reason."), { [gettext("All right")]: () => {} });
  if (data.has("approve") && article.querySelector(".view.is-broken")) {
    return notice(gettext("You cannot see every picture of this one. Skip it, or reject it."), { [gettext("All right")]: () => {} });
  }
  if (data.has("approve") && !sure(article, submitter, data)) return say(gettext("Something was found. Press again to approve."));
  marks.addTo(data, article);
  const what = data.has("approve") ? gettext("Approved") : gettext("Rejected");
  form.querySelectorAll(":popover-open").forEach((open) => open.hidePopover());
  data.set("decision", newId()); // the same at every retry, so that it counts once
  data.set("shown_at", article.dataset.shownAt);
  undoBox.replaceChildren(Object.assign(document.createElement("span"), { className: "quiet small", textContent: gettext("sending") }));
  const title = article.querySelector("h1").textContent.trim();
  sender.send({ url: form.action, data, id: idOf(article), label: `${what}: ${title}` });
  advance(data.has("approve") ? gettext("Approving.") : gettext("Rejecting.")); // that it is done is said when it is
}

function pass(form, submitter) {
  const article = form.closest("article");
  if (article !== current() || article.dataset.lost) return;
  form.hidePopover();
  // What is hidden is named nowhere any more, also not in a notice.
  const title = form.dataset.nameless ?? article.querySelector("h1").textContent.trim();
  sender.send({ url: form.action, data: new FormData(form, submitter), id: idOf(article), title, label: `${form.dataset.send}: ${title}` });
  advance(gettext("Sending."));
}

function offerUndo(html) {
  const form = elementOf(html);
  form.dataset.until = Date.now() + 1000 * form.dataset.seconds;
  undoBox.replaceChildren(form);
}

async function undo(form) {
  undoBox.replaceChildren();
  try {
    const answer = await post(form.action, new FormData(form));
    if (!answer.ok) return notice(answer.data.detail ?? gettext("It could not be undone."), { [gettext("All right")]: () => {} });
    recount(answer.data.counts);
    const before = current();
    if (before) shelf.prepend(before);
    said = gettext("Undone.");
    show(elementOf(answer.data.html));
    claims.beat();
  } catch {
    undoBox.replaceChildren(form); // nothing arrived: it can be tried again while its time lasts
    notice(gettext("The undo did not arrive. Try again."), { [gettext("All right")]: () => {} });
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the page came encrypted or from this machine
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

// -- claims, clocks --------------------------------------------------------------------------------------------------
const claims = new Claims(root, {
  held: () => onHand().map(idOf),
  lost(id, gone) {
    const article = onHand().find((one) => idOf(one) === id);
    if (gone) {
      if (article !== current()) return article?.remove();
      said = "It was taken away.";
      notice("The one you had before you was taken away, and is shown to nobody any more.", { "All right": () => {} });
      return advance("");
    }
    if (article !== current()) return article?.remove();
    article.dataset.lost = "1";
    article.querySelectorAll(".actions button").forEach((button) => (button.disabled = true));
    const text = gettext("You no longer hold this one: it was not touched for too long, or somebody has decided it.");
    notice(text, { [gettext("Next one")]: () => advance("") });
  },
  recount,
  notice,
  unheard: (html) => html !== undefined && (document.getElementById("desk-unheard").innerHTML = html),
  kindly(html) {
    const place = document.getElementById("desk-kindly");
    if (html !== undefined && place.innerHTML !== html) place.innerHTML = html; // said once, not at every beat
  },
  back: () => (sender.retry(), fill()),
});

function tick() {
  for (const due of place.querySelectorAll("[data-due]")) stage.tellTime(due);
  const form = undoBox.querySelector("form");
  if (form?.dataset.until) {
    const left = Math.ceil((form.dataset.until - Date.now()) / 1000);
    if (left > 0) form.querySelector("[data-undo-left]").textContent = `${left} s`;
    else form.remove();
  }
}

// -- beginning -------------------------------------------------------------------------------------------------------
root.append(shelf);
const offered = document.querySelector("form.undo");
if (offered) {
  offered.dataset.until = Date.now() + 1000 * offered.dataset.seconds;
  undoBox.append(offered);
}
if (current()) {
  current().querySelector("[data-slot=undo]").replaceChildren(undoBox);
  current().dataset.shownAt = new Date().toISOString();
  stage.begin(current());
  current().querySelector("h1").focus({ preventScroll: true });
}
root.addEventListener("submit", (event) => {
  const act = [["[data-decide]", decide], ["[data-send]", pass], ["form.undo", undo]].find(([which]) => event.target.matches(which));
  if (act) (event.preventDefault(), act[1](event.target, event.submitter));
});
listenForKeys(place, { root, current, undoBox, help: () => document.getElementById("desk-keys").showModal() });
stage.listen(root);
marks.listen(root);
sheets.listen(root);
document.addEventListener("visibilitychange", () => !document.hidden && !current() && fill());
addEventListener("beforeunload", (event) => sender.waiting().length && event.preventDefault());
setInterval(tick, 1000);
claims.begin();
sender.begin();
fill();
