// Sends what was decided. What did not arrive stays here, is said, and is sent again with the same id: it counts once.
import { fill, gettext, ngettext } from "./words.js";

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000];
const TIMEOUT_MS = 10000;
const KEPT = "desk-unsent";

export class LoggedOut extends Error {}
class Failed extends TypeError {}

// {ok, status, data}; throws TypeError or TimeoutError when the server cannot be reached, LoggedOut at a login page.
export async function post(url, data) {
  if (!data.has("csrfmiddlewaretoken")) data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(url, {
    method: "POST",
    body: data,
    keepalive: true, // a decision arrives even when the tab is closed right after
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const json = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.redirected || (answer.ok && !json)) throw new LoggedOut();
  if (answer.status >= 500) throw new Failed(`The server answered ${answer.status}.`);
  return { ok: answer.ok, status: answer.status, data: json ? await answer.json() : {} };
}

// One after the other, in the order in which they were made. What is not known to have arrived is kept in the browser's
// storage under the person's name, so that a reload or a closed tab loses nothing and nobody else sends it; so is what
// the server refused, until somebody has read why.
export class Sender {
  #open = []; // not yet known to have arrived
  #refused = []; // arrived and was not counted, and nobody has read it yet
  #busy = false;
  #timer = 0;
  #said = null;
  #place;
  last = null;

  constructor({ person, arrived, refused, notice }) {
    Object.assign(this, { arrived, refused, notice });
    this.#place = `${KEPT}:${person}`;
  }

  begin() {
    const kept = recall(this.#place);
    for (const { label, detail } of kept.refused) this.#refuse({ label }, detail);
    for (const { url, fields, id, label, title } of kept.open) {
      const data = new FormData();
      for (const [name, value] of fields) data.append(name, value);
      this.#open.push({ url, data, id, label, title });
    }
    this.#next();
  }

  waiting() {
    return this.#open.map((sent) => sent.id);
  }

  send(sent) {
    this.#open.push(sent);
    this.last = sent;
    this.#keep();
    if (this.#timer) this.#tell(); // it waits behind one that did not arrive: that is said at once
    else this.#next();
  }

  retry() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#next();
  }

  async #next() {
    const sent = this.#open[0];
    if (!sent || this.#busy) return;
    this.#busy = true;
    try {
      sent.data.delete("csrfmiddlewaretoken"); // a new login has a new one
      const answer = await post(sent.url, sent.data);
      this.#open.splice(this.#open.indexOf(sent), 1);
      if (answer.ok) this.arrived(sent, answer.data);
      else this.#refuse(sent, answer.data.detail ?? gettext("The server refused it. Reload the page."));
      this.#keep();
      this.#busy = false;
      this.#tell();
      this.#next();
    } catch (problem) {
      this.#busy = false;
      sent.problem = problem;
      sent.tries = (sent.tries ?? 0) + 1;
      // A server that is there and fails at this one may not fail at the others.
      if (problem instanceof Failed) this.#open.push(...this.#open.splice(this.#open.indexOf(sent), 1));
      this.#timer = setTimeout(() => this.retry(), WAITS_MS[Math.min(sent.tries, WAITS_MS.length) - 1]);
      this.#tell();
    }
  }

  #refuse(sent, detail) {
    const kept = { label: sent.label, detail };
    this.#refused.push(kept);
    this.refused(sent, detail, () => {
      this.#refused.splice(this.#refused.indexOf(kept), 1);
      this.#keep();
    });
  }

  #tell() {
    const stuck = this.#open.find((sent) => sent.tries);
    this.#said?.remove();
    this.#said = null;
    if (!stuck) return;
    const why = stuck.problem instanceof LoggedOut ? gettext("You are logged out. Log in again in another tab.") : gettext("The server cannot be reached.");
    const n = this.#open.length;
    const what = n === 1 ? stuck.label : fill(ngettext("%(n)s decision", "%(n)s decisions", n), { n });
    const says = fill(gettext("Not sent yet: %(what)s. %(why)s It is kept here and tried again."), { what, why });
    this.#said = this.notice(says, { [gettext("Try now")]: () => this.retry() });
  }

  #keep() {
    const open = this.#open.map(({ url, data, id, label, title }) => ({ url, id, label, title, fields: [...data] }));
    try {
      if (open.length || this.#refused.length) localStorage.setItem(this.#place, JSON.stringify({ open, refused: this.#refused }));
      else localStorage.removeItem(this.#place);
    } catch {
      // storage is switched off or full: it stays in this tab, which asks before it closes
    }
  }
}

function recall(place) {
  try {
    return { open: [], refused: [], ...JSON.parse(localStorage.getItem(place)) };
  } catch {
    return { open: [], refused: [] };
  }
}
