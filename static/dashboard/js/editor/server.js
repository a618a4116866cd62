// The editor's requests. An answer is `{status, body}`; status 0 is a server that cannot be reached.

const PATIENCE = 20_000;

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

export class Server {
  constructor({ urls, csrf_cookie: csrf }) {
    Object.assign(this, { urls, csrf });
  }

  async #ask(url, method = "GET", body = null) {
    const headers = { Accept: "application/json" };
    if (body !== null) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": cookie(this.csrf) });
    try {
      const response = await fetch(url, {
        method,
        headers,
        body: body === null ? undefined : JSON.stringify(body),
        credentials: "same-origin",
        signal: AbortSignal.timeout(PATIENCE),
      });
      const json = response.headers.get("Content-Type")?.startsWith("application/json");
      return { status: response.status, body: json ? await response.json() : {} };
    } catch {
      return { status: 0, body: {} };
    }
  }

  stored = () => this.#ask(this.urls.document);
  save = (wallboard, revision) => this.#ask(this.urls.document, "PUT", { wallboard, revision });
  preview = (wallboard) => this.#ask(this.urls.preview, "POST", { wallboard });
  copy = (wallboard) => this.#ask(this.urls.copy, "POST", { wallboard });
  layout = (layout, objects, chosen) => this.#ask(this.urls.layout, "POST", { layout, objects, chosen });
  values = (ids) => this.#ask(`${this.urls.values}?series=${ids.join(",")}`);
  choices = (of, words) => this.#ask(`${this.urls.choices}?${new URLSearchParams({ of, q: words })}`);
}
