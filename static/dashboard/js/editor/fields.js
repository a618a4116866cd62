// Form controls with a label, a help text and a place for what is wrong. They tell their value on every input.

import { el } from "../tiles/parts.js";

let number = 0;

/** A number as people write it, or the text that is none: the server says what is wrong with it. */
export function readNumber(text) {
  const plain = text.trim().replace(",", ".").replace("\u2212", "-");
  if (plain === "") return null;
  return Number.isFinite(Number(plain)) ? Number(plain) : text.trim();
}

/** A label, the control and its error; `key` is the field that the server names. */
export function field(key, label, control, { help = "", inline = false } = {}) {
  number += 1;
  const id = `field-${number}`;
  control.id = id;
  const name = Object.assign(el("label", "", label), { htmlFor: id });
  const wrong = Object.assign(el("p", "problem"), { id: `${id}-problem`, hidden: true });
  const parts = inline ? [el("span", "check", control, name)] : [name, control];
  const box = el("div", "editor-field", ...parts, wrong);
  if (help) {
    const hint = Object.assign(el("p", "helptext", help), { id: `${id}-help` });
    box.insertBefore(hint, wrong);
    control.setAttribute("aria-describedby", `${hint.id} ${wrong.id}`);
  } else control.setAttribute("aria-describedby", wrong.id);
  box.dataset.field = key;
  return box;
}

export function textInput(value, onChange, { type = "text", mode = "" } = {}) {
  const input = Object.assign(document.createElement("input"), { type, value: value ?? "", autocomplete: "off" });
  if (mode) input.inputMode = mode;
  input.addEventListener("input", () => onChange(input.value));
  return input;
}

export const numberInput = (value, onChange) =>
  textInput(value, (text) => onChange(readNumber(text)), { mode: "decimal" });

export function textArea(value, onChange, rows = 4) {
  const area = Object.assign(document.createElement("textarea"), { value: value ?? "", rows });
  area.addEventListener("input", () => onChange(area.value));
  return area;
}

/** @param {[string, string][]} choices value and text */
export function select(value, choices, onChange) {
  const list = document.createElement("select");
  list.append(...choices.map(([key, text]) => new Option(text, key, false, key === value)));
  list.addEventListener("change", () => onChange(list.value));
  return list;
}

export function checkbox(value, onChange) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: Boolean(value) });
  box.addEventListener("change", () => onChange(box.checked));
  return box;
}

export function button(text, onClick, className = "button quiet") {
  const one = Object.assign(el("button", className, text), { type: "button" });
  one.addEventListener("click", onClick);
  return one;
}

/** Fields beside each other under a common name. */
export function group(key, label, ...fields) {
  const wrong = Object.assign(el("p", "problem"), { hidden: true });
  const set = el("fieldset", "editor-group", el("legend", "", label), el("div", "editor-row", ...fields), wrong);
  set.dataset.field = key;
  return set;
}

/** Shows what is wrong at the fields named in `errors` ({field, message}); returns what has no field here. */
export function showErrors(form, errors) {
  const left = [...errors];
  for (const box of form.querySelectorAll("[data-field]")) {
    const own = errors.filter((error) => error.field === box.dataset.field);
    const wrong = box.querySelector(":scope > .problem");
    wrong.hidden = own.length === 0;
    const text = own.map(({ message }) => message).join(" ");
    if (wrong.textContent !== text) wrong.textContent = text;
    for (const control of box.querySelectorAll("input, select, textarea")) control.setAttribute("aria-invalid", String(own.length > 0));
    for (const error of own) if (left.includes(error)) left.splice(left.indexOf(error), 1);
  }
  return left;
}
