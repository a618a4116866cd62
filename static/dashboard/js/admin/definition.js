// The form of a statistic: shows only what applies, says in words what it measures, and what cannot work.

import { isFilled, isRefused, showField, showReasons } from "./fields.js";
import { narrow } from "./fitting.js";
import { MaskList } from "./masks.js";
import { debounced, element, post } from "./post.js";
import { startTrying } from "./try.js";

const KEYS = [
  "category", "subject", "mainMask", "relativeMask", "intervalType", "dynamicTimeProfile", "timeRangeLeft",
  "timeRangeRight", "timeRangeLeft2", "timeRangeRight2", "dynamicFilter", "notificationMode",
  "notificationFrequency", "insensitivity", "maskType", "intervalLength", "saveHistory",
];
const ALWAYS = ["types", "category", "subject", "further"];
const TOLD = [...new Set([...KEYS, ...ALWAYS, "statistic"])];

class DefinitionForm {
  constructor(form, tools) {
    this.form = form;
    this.tools = tools;
    this.applied = new Set(tools.dataset.applies.split(" "));
    this.refused = new Set(TOLD.filter((key) => isRefused(form, key)));
    this.category = form.elements.category.value;
    this.unitIsOwn = Boolean(tools.dataset.definition);
    this.lists = ["mainMask", "relativeMask"].map((key) => new MaskList(form.elements[key], tools.dataset));
    const later = debounced(() => this.check());
    form.addEventListener("input", (event) => this.isAbout(event.target) && later());
    form.addEventListener("change", (event) => {
      if (event.target.name === "unit") this.unitIsOwn = true;
      if (event.target.name === "how") this.choose();
    });
    // Checkboxes and radio buttons inside the lists tell of themselves through the mask's text field.
    this.choose();
    this.check();
  }

  isAbout(target) {
    return Boolean(target.name) && target.type !== "search";
  }

  get named() {
    return this.form.elements.how.value === "named";
  }

  choose() {
    const named = this.named;
    showField(this.form, "statistic", named);
    for (const key of [...KEYS, ...ALWAYS]) showField(this.form, key, !named && (ALWAYS.includes(key) || this.applied.has(key)));
    for (const part of this.form.querySelectorAll("fieldset.adhoc")) part.hidden = named;
  }

  async check() {
    this.asking?.abort();
    this.asking = new AbortController();
    const fields = new FormData(this.form);
    fields.set("definition", this.tools.dataset.definition);
    try {
      this.show(await post(this.tools.dataset.checkUrl, fields, this.asking.signal));
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.tools.dataset.gone);
    }
  }

  say(sentence) {
    this.tools.hidden = !sentence;
    this.tools.querySelector(".sentence").textContent = sentence;
  }

  show(report) {
    this.applied = new Set(report.applies);
    this.choose();
    this.say(report.sentence);
    const warnings = report.warnings.map(([, text]) => element("li", "", text));
    this.tools.querySelector(".costs").replaceChildren(...warnings);
    this.tools.querySelector(".as-json").textContent = report.definition;
    this.tools.querySelector("details").hidden = !report.definition;
    for (const list of this.lists) list.show(report.words);
    for (const key of TOLD) showReasons(this.form, key, this.reasons(key, report.errors[key]));
    this.followUnit(report.unit);
    const trying = document.querySelector("#try");
    if (trying) narrow(trying, report);
  }

  /** What is only not there yet is told when the form is sent, not while it is filled in. */
  reasons(key, found) {
    const told = this.refused.has(key) || isFilled(this.form, key === "types" ? "category" : key);
    return told && found ? found : [];
  }

  followUnit(unit) {
    const { category, unit: chosen } = this.form.elements;
    if (unit && category.value !== this.category && !this.unitIsOwn) chosen.value = unit;
    if (unit) this.category = category.value;
  }
}

const form = document.querySelector("#statisticdefinition_form");
const tools = document.querySelector("#definition-tools");
if (form && tools) new DefinitionForm(form, tools);
if (document.querySelector("#try")) startTrying(form, document.querySelector("#try"));
