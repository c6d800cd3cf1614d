// Sends what was decided. What did not arrive stays here, is said, and is sent again with the same id: it counts once.
import { fill, gettext, ngettext } from "./words.js";

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000];
const TIMEOUT_MS = 10000;
const KEPT = "desk-unsent";

export class LoggedOut extends Error {}

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
  if (answer.status >= 500) throw new TypeError(`The server answered ${answer.status}.`);
  return { ok: answer.ok, status: answer.status, data: json ? await answer.json() : {} };
}

export class Sender {
  #open = []; // sent, and not yet known to have arrived
  #said = null;
  last = null;

  constructor({ arrived, refused, notice }) {
    Object.assign(this, { arrived, refused, notice });
  }

  begin() {
    // What was left unsent when the tab was reloaded.
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    for (const { url, fields, id, label, title } of kept) {
      const data = new FormData();
      for (const [name, value] of fields) data.append(name, value);
      this.send({ url, data, id, label, title });
    }
  }

  waiting() {
    return this.#open.map((sent) => sent.id);
  }

  send(sent) {
    sent.tries = 0;
    this.#open.push(sent);
    this.last = sent;
    this.#keep();
    this.#try(sent);
  }

  retry() {
    for (const sent of this.#open.filter((one) => one.timer)) (clearTimeout(sent.timer), this.#try(sent));
  }

  async #try(sent) {
    sent.timer = 0;
    try {
      sent.data.delete("csrfmiddlewaretoken"); // a new login has a new one
      const answer = await post(sent.url, sent.data);
      this.#open.splice(this.#open.indexOf(sent), 1);
      this.#keep();
      this.#tell();
      if (answer.ok) this.arrived(sent, answer.data);
      else this.refused(sent, answer.data.detail ?? gettext("The server refused it. Reload the page."));
    } catch (problem) {
      sent.problem = problem;
      sent.timer = setTimeout(() => this.#try(sent), WAITS_MS[Math.min(sent.tries++, WAITS_MS.length - 1)]);
      this.#tell();
    }
  }

  #tell() {
    const stuck = this.#open.filter((sent) => sent.tries > 0);
    this.#said?.remove();
    this.#said = null;
    if (!stuck.length) return;
    const why = stuck[0].problem instanceof LoggedOut ? gettext("You are logged out. Log in again in another tab.") : gettext("The server cannot be reached.");
    const what = stuck.length === 1 ? stuck[0].label : fill(ngettext("%(n)s decision", "%(n)s decisions", stuck.length), { n: stuck.length });
    this.#said = this.notice(fill(gettext("Not sent yet: %(what)s. %(why)s It is kept here and tried again."), { what, why }), { [gettext("Try now")]: () => this.retry() });
  }

  #keep() {
    const kept = this.#open.map(({ url, data, id, label, title }) => ({ url, id, label, title, fields: [...data] }));
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  }
}
