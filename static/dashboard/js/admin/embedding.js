// A wallboard's embed page: code that follows the choices, copying, and what this browser can tell the doctor.

import { debounced } from "./post.js";

const SOCKET_MS = 4000;
const COPIED_MS = 2000;

/** Puts the code of `fresh`, a document, into the snippets that `page` shows. */
export function refill(page, fresh) {
  for (const snippet of page.querySelectorAll("[data-snippet]")) {
    const code = fresh.querySelector(`[data-snippet="${snippet.dataset.snippet}"] code`);
    if (code) snippet.querySelector("code").textContent = code.textContent;
  }
}

function follow(form) {
  let asked = 0;
  const ask = debounced(async () => {
    const turn = ++asked;
    const address = `?${new URLSearchParams(new FormData(form))}`;
    try {
      const response = await fetch(address, { credentials: "same-origin", redirect: "error" });
      if (!response.ok || turn !== asked) return;
      refill(document, new DOMParser().parseFromString(await response.text(), "text/html"));
      history.replaceState(null, "", address);
    } catch {
      // The button asks in the plain way.
      form.querySelector("button").hidden = false;
    }
  });
  form.querySelector("button").hidden = true;
  form.addEventListener("change", ask);
}

async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    // Over plain http there is no clipboard to write to but by way of the selection.
    getSelection().selectAllChildren(code);
    if (!document.execCommand("copy")) return;
    getSelection().removeAllRanges();
  }
  const word = button.textContent;
  button.textContent = button.dataset.copied;
  button.disabled = true;
  setTimeout(() => Object.assign(button, { textContent: word, disabled: false }), COPIED_MS);
}

/** Whether a socket opens from here; it is closed before the server wants a token. */
export function trySocket(path, ms = SOCKET_MS) {
  return new Promise((resolve) => {
    const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
    const end = (outcome) => {
      clearTimeout(timer);
      socket.close();
      resolve(outcome);
    };
    const timer = setTimeout(() => end("failed"), ms);
    socket.addEventListener("open", () => end("open"));
    socket.addEventListener("error", () => end("failed"));
  });
}

function consult(form) {
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    button.textContent = form.dataset.asking;
    form.elements.socket.value = await trySocket(form.dataset.socket);
    form.elements.clock.value = Date.now();
    form.submit();
  });
}

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
const options = document.querySelector("#options");
if (options) follow(options);
const doctor = document.querySelector("#doctor form");
if (doctor) consult(doctor);
document.querySelector(".diagnosis")?.focus();
