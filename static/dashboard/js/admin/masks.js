// Masks picked from a list: the text field stays what is sent, and the list follows it.

import { element } from "./post.js";

const split = (text) => text.replace(/['"\s]/g, "").split(",").filter(Boolean);

/** `{everything, ticked}` of a mask's text: with `*`, those ticked are the ones taken out. */
export function readMask(text) {
  const words = split(text);
  const everything = words.includes("*") || (words.length > 0 && words.every((word) => word.startsWith("~")));
  const ticked = words.filter((word) => word !== "*" && word.startsWith("~") === everything);
  return { everything, ticked: new Set(ticked.map((word) => word.replace(/^~/, ""))) };
}

export function writeMask({ everything, ticked }) {
  return everything ? ["*", ...[...ticked].map((word) => `~${word}`)].join(",") : [...ticked].join(",");
}

/** The list below a mask's text field; `show(words)` fills it with `[{word, label, lasting}]`. */
export class MaskList {
  constructor(input, texts) {
    this.input = input;
    this.texts = texts;
    this.key = "";
    this.box = element("details", "mask-list");
    this.box.append(element("summary", "", texts.choose));
    this.body = element("div", "mask-words");
    this.box.append(this.body);
    input.closest(".flex-container").after(this.box);
    input.addEventListener("input", () => this.follow());
    this.body.addEventListener("change", (event) => this.take(event));
  }

  show(words) {
    const key = words.map((one) => one.word).join();
    if (key !== this.key || !this.body.firstChild) this.build(words);
    this.key = key;
    this.follow();
  }

  build(words) {
    if (!words.length) {
      this.body.replaceChildren(element("p", "help", this.texts.none));
      return;
    }
    const search = element("input", "vTextField");
    search.type = "search";
    search.placeholder = this.texts.search;
    search.setAttribute("aria-label", this.texts.search);
    search.addEventListener("input", () => this.narrow(search.value));
    const parts = [true, false].map((lasting) => this.part(words.filter((one) => one.lasting === lasting), lasting));
    this.body.replaceChildren(search, this.choice("*", this.texts.everything, "everything"), ...parts.filter(Boolean));
  }

  part(words, lasting) {
    if (!words.length) return null;
    const part = element("fieldset");
    part.append(element("legend", "", lasting ? this.texts.lasting : this.texts.momentary));
    part.append(...words.map((one) => this.choice(one.word, one.label)));
    return part;
  }

  choice(word, text, className = "") {
    const label = element("label", className);
    const box = element("input");
    box.type = "checkbox";
    box.value = word;
    label.append(box, element("span", "", className ? text : word));
    if (!className && text) label.append(element("small", "", text));
    return label;
  }

  narrow(text) {
    const wanted = text.toLowerCase();
    for (const label of this.body.querySelectorAll("fieldset label")) {
      label.hidden = !label.textContent.toLowerCase().includes(wanted);
    }
  }

  follow() {
    const { everything, ticked } = readMask(this.input.value);
    for (const box of this.body.querySelectorAll("input[type=checkbox]")) {
      box.checked = box.value === "*" ? everything : ticked.has(box.value);
    }
    this.body.classList.toggle("without", everything);
  }

  take({ target }) {
    if (target.type !== "checkbox") return;
    const mask = readMask(this.input.value);
    if (target.value === "*") Object.assign(mask, { everything: target.checked, ticked: new Set() });
    else if (target.checked) mask.ticked.add(target.value);
    else mask.ticked.delete(target.value);
    this.input.value = writeMask(mask);
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
