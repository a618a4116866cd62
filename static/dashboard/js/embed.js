// Inside a portal's iframe: the token comes from the address or the portal, and the portal is told what it needs.

const EXPIRY_LEAD = 60_000;

/** Reads `#token=` once and takes it out of the address, so that it is neither bookmarked nor shared. */
function takeFragmentToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

/** @returns {number} ms a token lives from its admission on, or 0 where it cannot be read */
function lifetime(token) {
  try {
    const body = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const { iat, exp } = JSON.parse(atob(body));
    return Math.max(0, (exp - iat) * 1000) || 0;
  } catch {
    return 0;
  }
}

/** What fills its frame, whatever that is, wants the shape of a screen, or for a tile alone what it needs. */
function wantedHeight(head, board) {
  if (board.dataset.mode && board.dataset.mode !== "narrow") return Math.round((innerWidth * 9) / 16);
  if (document.body.hasAttribute("data-single")) return Math.ceil(head.offsetHeight + parseFloat(getComputedStyle(board).minHeight));
  return Math.ceil(Math.max(...[head, board].map((one) => one.getBoundingClientRect().bottom + scrollY)));
}

export class Embed {
  measure = () => {};
  #timer = 0;
  #height = 0;
  #state = "";
  #targets;

  /**
   * @param {string[]} origins that may frame this page and are spoken to; nobody else is heard or told anything
   * @param {(token: string) => void} onToken
   * @param {?HTMLElement} offer of a sign-in in a window of its own, which brings a ticket instead
   */
  constructor(origins, onToken, offer = null) {
    this.origins = new Set(origins);
    this.offer = offer;
    offer?.addEventListener("ticket", ({ detail }) => {
      this.token = detail;
      onToken(detail);
    });
    this.onToken = onToken;
    this.token = takeFragmentToken();
    this.#targets = this.#parents();
    window.addEventListener("message", (event) => this.#heard(event));
  }

  /** The origin of the parent where the browser tells it, so that a message goes to it alone. */
  #parents() {
    const parent = window.location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : null);
    if (parent === null || parent === "null") return [...this.origins];
    return this.origins.has(parent) ? [parent] : [];
  }

  #heard({ origin, source, data }) {
    if (source !== window.parent || !this.origins.has(origin)) return;
    if (data?.type !== "wallboard:token" || typeof data.token !== "string") return;
    this.#targets = [origin];
    this.token = data.token;
    this.onToken(data.token);
  }

  #tell(message) {
    if (window.parent === window) return;
    for (const origin of this.#targets) window.parent.postMessage(message, origin);
  }

  ready() {
    this.#tell({ type: "wallboard:ready" });
  }

  /** Called when the server admitted the token: the portal is asked for the next one in time. */
  admitted() {
    const life = lifetime(this.token ?? "");
    clearTimeout(this.#timer);
    if (life === 0) return;
    const lead = life < 2 * EXPIRY_LEAD ? life / 2 : EXPIRY_LEAD;
    this.#timer = setTimeout(() => this.askToken(), life - lead);
  }

  askToken() {
    this.#tell({ type: "wallboard:token-expiring" });
  }

  link(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell({ type: "wallboard:link", state });
  }

  /** Reports the height that the content wants, when it grows and when it shrinks. */
  watchHeight(head, board) {
    this.measure = () => {
      const height = wantedHeight(head, board);
      if (height === this.#height) return;
      this.#height = height;
      this.#tell({ type: "wallboard:resize", height });
    };
    const observer = new ResizeObserver(this.measure);
    observer.observe(head);
    observer.observe(board);
  }

  /** A reload keeps the token the way it came: in the fragment, which the new page takes out again. */
  reload() {
    if (this.token) history.replaceState(null, "", `${location.pathname}${location.search}#token=${this.token}`);
    location.reload();
  }
}
