// Asking the administration's own pages, with the form that is on the screen.

export const DEBOUNCE_MS = 200;

/** The JSON answer to `fields` (FormData, its CSRF token included); an answer that is no JSON throws. */
export async function post(url, fields, signal) {
  const response = await fetch(url, { method: "POST", body: fields, credentials: "same-origin", signal });
  if (!response.ok || response.redirected) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

/** The lines of JSON that the server sends one after the other, each as soon as it is there. */
export async function* lines(url, fields) {
  const headers = { Accept: "application/x-ndjson" };
  const response = await fetch(url, { method: "POST", body: fields, credentials: "same-origin", headers });
  if (!response.ok || response.redirected) throw new Error(`HTTP ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
    const whole = (rest + value).split("\n");
    rest = whole.pop();
    yield* whole.filter(Boolean).map((line) => JSON.parse(line));
  }
  if (rest) yield JSON.parse(rest);
}

/** Calls `run` once, so many ms after the last call. */
export function debounced(run, ms = DEBOUNCE_MS) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };
}

/** An element with a class and a text; text is never read as HTML. */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
