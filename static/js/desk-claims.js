// Keeps what this page holds: a heartbeat renews the leases, leaving gives them back, and what was lost is said.
import { LoggedOut, post } from "./desk-send.js";
import { gettext } from "./words.js";

const BEAT_MS = 30000;

export class Claims {
  #until;
  #said = null;

  constructor(root, { held, lost, recount, notice, back, unheard, kindly }) {
    Object.assign(this, { root, held, lost, recount, notice, back, unheard, kindly });
    this.#until = root.dataset.until;
  }

  begin() {
    setInterval(() => this.beat(), BEAT_MS);
    addEventListener("online", () => this.beat());
    document.addEventListener("visibilitychange", () => document.hidden || this.beat());
    addEventListener("pagehide", () => this.release());
    // A page that comes back out of the browser's memory has given everything back.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  async beat() {
    const asked = this.held();
    const data = new FormData();
    for (const id of asked) data.append("id", id);
    try {
      const answer = await post(this.root.dataset.renew, data);
      this.reached(answer.data.until);
      if (!answer.ok) return;
      this.recount(answer.data.counts);
      this.unheard(answer.data.unheard);
      this.kindly(answer.data.kindly);
      const now = this.held(); // decided while we asked? Then it is not lost.
      for (const id of asked) if (!answer.data.held.includes(id) && now.includes(id)) this.lost(id, answer.data.gone?.includes(id));
    } catch (problem) {
      this.unreachable(problem);
    }
  }

  release() {
    const ids = this.held();
    if (!ids.length) return;
    const data = new FormData();
    for (const id of ids) data.append("id", id);
    data.set("until", this.#until);
    data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    navigator.sendBeacon(this.root.dataset.release, data);
  }

  // The server answered. Leases made until then end at `until` or before: later ones are another page's.
  reached(until) {
    this.#until = until ?? this.#until;
    if (!this.#said) return;
    this.#said.remove();
    this.#said = null;
    this.back();
  }

  unreachable(problem) {
    if (this.#said) return;
    const text = problem instanceof LoggedOut
      ? gettext("You are logged out. Log in again in another tab, then go on here.")
      : gettext("The connection is lost. You can go on with what is here: decisions are kept and sent later.");
    this.#said = this.notice(text, { [gettext("Try now")]: () => ((this.#said = null), this.beat()) });
  }
}
