// Theme from ?theme= or the system; paper is always light.

export class Theme {
  #listeners = [];
  #forced = null;
  #light = matchMedia("(prefers-color-scheme: light)");

  constructor(search = location.search) {
    const wanted = new URLSearchParams(search).get("theme");
    this.fixed = wanted === "dark" || wanted === "light" ? wanted : null;
    this.#show();
    this.#light.addEventListener("change", () => {
      this.#show();
      this.#tell();
    });
  }

  /** Light or dark for a while, whatever was chosen; null goes back. */
  force(theme) {
    if (this.#forced === theme) return;
    this.#forced = theme;
    this.#show();
    this.#tell();
  }

  /** @returns {"dark"|"light"} */
  current() {
    return this.#forced ?? this.fixed ?? (this.#light.matches ? "light" : "dark");
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  #show() {
    document.documentElement.dataset.theme = this.current();
  }
}
