// The header's clock, in the wallboard's time zone and on the server's time.

// Less than this is the network's delay, and correcting it would make timers stutter.
const TOLERANCE = 400;

/** The zone as its people call it (CET, MEZ, EST); where a language has no name for it, its city. */
export function zoneName(timeZone, locale, ms) {
  const country = locale.startsWith("en") ? ["en-GB", "en-US"] : [locale];
  const names = country.map(
    (one) =>
      new Intl.DateTimeFormat(one, { timeZone, timeZoneName: "short" })
        .formatToParts(ms)
        .find((part) => part.type === "timeZoneName").value,
  );
  return names.find((name) => !/^(GMT|UTC)[+\-\u2212]/.test(name)) ?? timeZone.split("/").at(-1).replaceAll("_", " ");
}

export class Clock {
  #element;
  #format = null;
  #zone = null;
  #mark = Object.assign(document.createElement("span"), { className: "zone" });
  #shown = "";

  constructor(element) {
    this.#element = element;
    this.offset = 0;
  }

  /** Server-corrected time, ms. */
  now = () => Date.now() + this.offset;

  /** Corrects by the server's time in a heartbeat that has just come. */
  correct(serverMs) {
    if (Math.abs(serverMs - this.now()) > TOLERANCE) this.offset = serverMs - Date.now();
  }

  configure(timezone, locale) {
    this.#zone = { timezone, locale };
    this.#mark.textContent = this.#shown = "";
    this.#format = new Intl.DateTimeFormat(locale, {
      timeZone: timezone,
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    this.#element.title = timezone;
  }

  tick() {
    if (!this.#format) return;
    const time = this.#format.format(this.now());
    if (this.#shown === time) return;
    this.#shown = time;
    if (time.endsWith("00") || !this.#mark.textContent) {
      this.#mark.textContent = ` ${zoneName(this.#zone.timezone, this.#zone.locale, this.now())}`;
    }
    this.#element.replaceChildren(time, this.#mark);
  }
}
