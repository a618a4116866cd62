// The part of the panel that shows a series over the last day, or what the screen itself has of it.

import { drawDay, forgetDay } from "./daychart.js";
import { summaryFacts } from "./facts.js";
import { el, setText } from "./tiles/parts.js";

export class DayView {
  constructor(context) {
    this.context = context;
    this.heading = el("h3", "about-heading");
    this.chart = el("div", "about-chart");
    this.chart.setAttribute("role", "img");
    this.quiet = el("p", "about-quiet");
    this.list = el("dl", "about-summary");
    this.element = el("section", "about-day", this.heading, this.chart, this.quiet, this.list);
  }

  clear() {
    forgetDay(this.chart);
    this.chart.replaceChildren();
    this.list.replaceChildren();
    this.element.hidden = true;
  }

  /** What the server told of the last 24 hours. */
  show(id, about) {
    const { word } = this.context;
    const series = this.context.series(id);
    const state = series.unit === "state" || series.unit === "text";
    this.#begin(word("about_day"), state ? word("about_no_history") : about.history.some(([, value]) => value !== null) ? "" : word("about_no_points"));
    if (this.chart.hidden) return;
    const summary = summaryFacts(about.summary, series.unit, series.decimals, this.context);
    this.list.replaceChildren(
      ...summary.map(({ term, text, time }) => el("div", "about-fact", el("dt", "", term), el("dd", "", text, el("small", "", time && ` ${time}`)))),
    );
    const told = summary.map(({ term, text, time }) => [term, text, time].filter(Boolean).join(" "));
    this.#draw(id, about, told.join(", "));
  }

  /** The points that the screen has for its own charts. */
  showHeld(tile, id, minutes) {
    const history = this.context.history(id);
    if (!history.some(([, value]) => value !== null)) return;
    this.#begin(this.context.word("about_hour", { minutes }), "");
    const until = this.context.now();
    this.#draw(id, { history, since: until - minutes * 60_000, until, thresholds: tile.thresholds }, "");
  }

  #begin(heading, instead) {
    setText(this.heading, heading);
    setText(this.quiet, instead);
    this.chart.hidden = instead !== "";
    this.quiet.hidden = instead === "";
    this.element.hidden = false;
  }

  #draw(id, day, summary) {
    const { word } = this.context;
    const label = summary ? word("day_summary", { what: this.heading.textContent, text: summary }) : this.heading.textContent;
    this.chart.setAttribute("aria-label", label);
    drawDay(this.chart, id, day, this.context);
  }
}
