// A line of words over the board for what only a person can put right.

const TEXTS = { 4401: "signed_out", 4403: "no_access", 4404: "no_board" };

export class Notice {
  constructor(element, page, word) {
    Object.assign(this, { element, page, word });
  }

  say(text, link = null) {
    this.element.replaceChildren(text);
    if (link) this.element.append(" ", link);
    this.element.hidden = false;
  }

  hide() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** After a close that says trying again is no use; `message` is the server's own, `reason` its word for it. */
  refused(code, message, reason = "") {
    // A TV's page says it for all of its frames.
    if (this.page.screen) return;
    if (this.page.embed) {
      const offer = code === 4401 ? this.offer : null;
      if (offer?.hasAttribute("data-used")) return this.say(this.word("ticket_over"), offer);
      const known = this.word(`refused_${reason}`);
      const why = known === `refused_${reason}` ? message : known;
      return this.say([this.word("embed_refused"), why].filter(Boolean).join(" "), offer);
    }
    const here = encodeURIComponent(location.pathname + location.search);
    const link = code === 4401 ? this.#link(`${this.page.login}?next=${here}`, "sign_in") : this.#link(this.page.home, "all_boards");
    this.say(this.word(TEXTS[code]), link);
  }

  #link(href, key) {
    return Object.assign(document.createElement("a"), { href, textContent: this.word(key) });
  }
}
