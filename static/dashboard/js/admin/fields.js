// The rows of the definition's form: which are shown, and what is wrong in them.

const inputsIn = (box) => [...box.querySelectorAll("input, select, textarea")];

/** What holds the field `key` with its help: a row, or its part of a row with several fields. */
export function boxOf(form, key) {
  const part = form.querySelector(`.fieldBox.field-${key}`);
  return part ? part.parentElement : form.querySelector(`.form-row.field-${key}`);
}

/** A hidden field keeps what was entered, and is sent: the server knows what means nothing there. */
export function showField(form, key, shown) {
  const box = boxOf(form, key);
  if (!box) return;
  box.hidden = !shown;
  const row = box.closest(".form-row");
  if (row !== box) row.hidden = [...row.querySelectorAll(".fieldBox")].every((one) => one.parentElement.hidden);
}

export function isFilled(form, key) {
  const box = boxOf(form, key);
  return Boolean(box) && inputsIn(box).some((one) => (one.type === "checkbox" ? one.checked : one.value.trim() !== ""));
}

/** Whether the server refused what the field holds. */
export function isRefused(form, key) {
  return Boolean(boxOf(form, key)?.querySelector("ul.errorlist"));
}

/** One list of reasons below the field; none takes it away, with what the server had said before. */
export function showReasons(form, key, reasons) {
  const box = boxOf(form, key);
  if (!box) return;
  for (const old of box.querySelectorAll("ul.errorlist")) old.remove();
  box.classList.toggle("errors", reasons.length > 0);
  if (!reasons.length) return;
  const list = document.createElement("ul");
  list.className = "errorlist live";
  list.id = `${key}-reasons`;
  for (const reason of reasons) list.append(Object.assign(document.createElement("li"), { textContent: reason }));
  box.append(list);
  for (const input of inputsIn(box)) input.setAttribute("aria-describedby", list.id);
}
