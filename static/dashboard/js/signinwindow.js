// In a frame nobody signs in: a button opens a window of this site's own, which hands back a ticket.

const SIZE = "popup,width=480,height=720";

/**
 * @param {string} path of the page that signs in and hands over; none where there is no such sign-in
 * @param {(name: string) => string} word
 * @returns {?HTMLElement} what a notice may offer; its event `ticket` has the ticket as detail
 */
export function signInButton(path, word) {
  if (!path) return null;
  let opened = null;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: word("sign_in") });
  button.addEventListener("click", () => {
    opened = window.open(path, "wallboard-sign-in", SIZE);
    // A portal may forbid its frames to open windows.
    if (!opened) button.replaceWith(word("window_blocked"));
  });
  addEventListener("message", ({ origin, source, data }) => {
    if (!opened || source !== opened || origin !== location.origin) return;
    if (data?.type !== "wallboard:signed-in" || typeof data.token !== "string") return;
    opened = null;
    button.dataset.used = "";
    button.dispatchEvent(new CustomEvent("ticket", { detail: data.token }));
  });
  return button;
}
