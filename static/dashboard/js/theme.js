// Theme from ?theme= or the system, kiosk from ?kiosk, full screen with the key f.

export class Theme {
  #listeners = [];
  #light = matchMedia("(prefers-color-scheme: light)");

  constructor(search = location.search) {
    const wanted = new URLSearchParams(search).get("theme");
    this.fixed = wanted === "dark" || wanted === "light" ? wanted : null;
    this.#show();
    this.#light.addEventListener("change", () => {
      this.#show();
      for (const listener of this.#listeners) listener();
    });
  }

  /** @returns {"dark"|"light"} */
  current() {
    return this.fixed ?? (this.#light.matches ? "light" : "dark");
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  #show() {
    document.documentElement.dataset.theme = this.current();
  }
}

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  });
}
