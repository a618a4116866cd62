// A panel over the board, closed by Escape, by a click beside it, and by itself when nobody is there any more.

import { el } from "./tiles/parts.js";

/** A wall must not hang covered because somebody walked away, ms. */
const LEFT_ALONE = 120_000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"];

/**
 * @param {string} name class of the dialog and beginning of its ids
 * @returns {{dialog: HTMLDialogElement, eyebrow: HTMLElement, title: HTMLElement, body: HTMLElement, open: Function}}
 */
export function makeDialog(name, word) {
  const eyebrow = el("p", "dialog-eyebrow");
  const title = el("h2", "dialog-title");
  title.id = `${name}-title`;
  // Who opens it reads it from its beginning.
  Object.assign(title, { tabIndex: -1, autofocus: true });
  const close = el("button", "dialog-close", "✕");
  Object.assign(close, { type: "button", title: word("close"), ariaLabel: word("close") });
  const body = el("div", "dialog-body");
  const dialog = el("dialog", `dialog ${name}`, el("header", "dialog-head", el("div", "", eyebrow, title), close), body);
  dialog.setAttribute("aria-labelledby", title.id);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  let timer = 0;
  const stay = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.close(), LEFT_ALONE);
  };
  for (const sign of SIGNS_OF_LIFE) dialog.addEventListener(sign, stay, { passive: true });
  dialog.addEventListener("close", () => clearTimeout(timer));
  document.body.append(dialog);
  const open = () => {
    stay();
    if (!dialog.open) dialog.showModal();
  };
  return { dialog, eyebrow, title, body, open };
}
