// “What is this number?”: a click, a tap, or Enter on a tile opens it.

import { makePanel } from "./aboutpanel.js";
import { facts, stateLines } from "./facts.js";
import { downloadPicture } from "./picture.js";
import { el, present, setCount, setText, titles } from "./tiles/parts.js";

const OWN_BUSINESS = "a, button:not(.tile-about), input, select, summary";

export class About {
  #panel = null;
  #shown = null;

  /** @param {{embed: boolean}} page an embed asks the server nothing: it has no session, and its token is the socket's */
  constructor(element, model, context, page) {
    Object.assign(this, { element, model, context, page });
    element.addEventListener("click", (event) => this.#clicked(event));
  }

  #clicked({ target }) {
    const article = target.closest(".tile");
    const tile = this.model.wallboard?.tiles.find(({ id }) => id === article?.dataset.tile);
    // A text has no number, and who marks one to copy it does not ask.
    if (!tile?.series.length || target.closest(OWN_BUSINESS) || !getSelection().isCollapsed) return;
    this.#open(tile, target.closest("[data-series]")?.dataset.series, article);
  }

  #open(tile, id, article) {
    this.#panel ??= this.#make();
    const panel = this.#panel;
    const ids = this.#choices(tile);
    this.#shown = { tile, article, ids, id: ids.find((one) => String(one) === id) ?? ids[0] };
    setText(panel.title, tile.title);
    this.#fillPick(tile, ids);
    panel.open();
    this.#beside(article, panel.dialog);
    this.#show();
  }

  /** Agents that the tile does not name have no panel either. */
  #choices(tile) {
    const hidden = tile.options?.hide ?? [];
    const ids = tile.series.filter((id) => !hidden.includes(this.context.value(id)?.value?.state));
    return ids.length ? ids : tile.series.slice(0, 1);
  }

  /** An embed is as high as its content: what is in the middle of it may be out of sight. */
  #beside(article, dialog) {
    if (!this.page.embed) return;
    const room = innerHeight - dialog.offsetHeight - 8;
    dialog.style.marginTop = `${Math.max(8, Math.min(article.getBoundingClientRect().top, room))}px`;
  }

  #make() {
    const panel = makePanel(this.context, this.page);
    panel.pick.addEventListener("change", () => {
      this.#shown.id = this.#shown.ids[panel.pick.selectedIndex];
      this.#show();
    });
    panel.picture.addEventListener("click", async () => {
      const made = await downloadPicture(this.#shown.article, this.#shown.tile, this.model, this.context);
      setText(panel.problem, made ? "" : this.context.word("picture_failed"));
    });
    panel.dialog.addEventListener("close", () => this.#close());
    return panel;
  }

  #fillPick(tile, ids) {
    const { pick, picking } = this.#panel;
    const names = new Map(tile.series.map((id, index) => [id, titles(tile, this.context)[index]]));
    picking.hidden = ids.length < 2;
    pick.replaceChildren(...ids.map((id) => el("option", "", names.get(id))));
    pick.selectedIndex = ids.indexOf(this.#shown.id);
  }

  #address(name) {
    return `/wallboards/${this.model.wallboard.slug}/tiles/${this.#shown.tile.id}/${name}`;
  }

  #show() {
    const { text, note, data, day, problem } = this.#panel;
    const asked = this.#shown;
    const { word } = this.context;
    Object.assign(asked, { about: null, first: JSON.stringify(this.context.value(asked.id)?.value) });
    setText(note, "");
    setText(problem, "");
    data.href = this.#address("data.csv");
    setText(text, word(this.page.embed ? "about_embed" : "about_loading"));
    day.clear();
    this.refresh();
    if (this.page.embed) day.showHeld(asked.tile, asked.id, this.model.histories.window);
    else this.#load(asked, asked.id);
  }

  async #load(asked, id) {
    const { text, note, day } = this.#panel;
    let about = null;
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(`${this.#address("about/")}?series=${id}`, { redirect: "error", signal });
      if (answer.ok) about = await answer.json();
    } catch {
      // No network, or nobody is signed in any more: the board itself says which.
    }
    if (this.#shown !== asked || asked.id !== id) return;
    setText(text, about ? about.description : this.context.word("about_failed"));
    if (!about) return;
    setText(note, about.note === about.description ? "" : about.note);
    asked.about = about;
    this.refresh();
    day.show(id, about);
  }

  /** Puts the newest value into an open panel; called each second. */
  refresh() {
    const asked = this.#shown;
    const series = asked && this.context.series(asked.id);
    if (!asked) return;
    if (!series) {
      this.#panel.dialog.close();
      return;
    }
    const { value, lines, list } = this.#panel;
    const shown = present(asked.tile, asked.id, this.context);
    const level = shown.level === "normal" ? "" : this.context.word(shown.level);
    const text = `${shown.mark} ${shown.text} ${shown.unit}`.trim();
    setText(value, [text, level, shown.note].filter(Boolean).join(" · "));
    const details = stateLines(shown.value, this.context);
    setCount(lines, details.length, () => el("li"));
    details.forEach((detail, index) => setText(lines.children[index], detail));
    const entries = facts(asked.tile, series, asked.about, this.#changedAt(asked, shown), this.context);
    setCount(list, entries.length, () => el("div", "about-fact", el("dt"), el("dd")));
    entries.forEach(({ term, text: told }, index) => {
      setText(list.children[index].children[0], term);
      setText(list.children[index].children[1], told);
    });
  }

  #changedAt(asked, shown) {
    if (shown.value?.since) return shown.value.since;
    if (JSON.stringify(shown.value) !== asked.first || !asked.about) return shown.at;
    return asked.about.changed;
  }

  #close() {
    this.#panel.day.clear();
    this.#shown = null;
  }
}
