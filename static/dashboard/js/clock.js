// The header's clock, in the wallboard's time zone and on the server's time.

// Less than this is the network's delay, and correcting it would make timers stutter.
const TOLERANCE = 400;

export class Clock {
  #element;
  #format = null;
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
    this.#format = new Intl.DateTimeFormat(locale, {
      timeZone: timezone,
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    });
    this.#element.title = timezone;
  }

  tick() {
    if (!this.#format) return;
    const parts = this.#format.formatToParts(this.now());
    const zone = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
    const time = parts
      .filter((part) => ["hour", "minute", "second"].includes(part.type))
      .map((part) => part.value)
      .join(":");
    if (this.#shown === time + zone) return;
    this.#shown = time + zone;
    const mark = document.createElement("span");
    mark.className = "zone";
    mark.textContent = ` ${zone}`;
    this.#element.replaceChildren(time, mark);
  }
}
