// The sound at critical: two notes, made by the browser. One that blocks it says so until somebody presses OK once.

const NOTES = [880, 660];
const LENGTH = 0.35;
const LOUDNESS = 0.4;
const AT_MOST_EVERY = 5_000;
// A context that is allowed starts within this time.
const STARTS_WITHIN = 1_500;

export class Sound {
  #audio = null;
  #madeAt = 0;
  #playedAt = -Infinity;

  /**
   * @param {HTMLElement} mark where the header says that there is no sound, and why
   * @param {HTMLElement} ask the line with the button OK
   */
  constructor(mark, ask, word, now = Date.now) {
    Object.assign(this, { mark, ask, word, now });
  }

  /** @param {"off"|"muted"|"quiet"|"on"} wanted what settings, people and hours say */
  show(wanted) {
    const state = wanted === "on" ? this.#audible() : wanted;
    if (state === this.mark.dataset.state) return;
    this.mark.dataset.state = state;
    this.mark.textContent = state === "muted" || state === "quiet" ? this.word(`sound_${state}`) : "";
    if (state === "blocked") this.#askForOk();
    else this.#askNoMore();
  }

  #audible() {
    if (!this.#audio) {
      this.#audio = new AudioContext();
      this.#madeAt = this.now();
    }
    if (this.#audio.state === "running") return "on";
    // Somebody touched the page in another way than by the button.
    if (navigator.userActivation?.hasBeenActive) this.#audio.resume();
    return this.now() - this.#madeAt < STARTS_WITHIN ? "starting" : "blocked";
  }

  #askForOk() {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: this.word("ok") });
    button.addEventListener("click", () => this.#allow());
    this.ask.replaceChildren(this.word("sound_blocked"), " ", button);
    this.ask.hidden = false;
    // So that the OK of a remote control presses it.
    button.focus();
  }

  #askNoMore() {
    this.ask.hidden = true;
    this.ask.replaceChildren();
  }

  async #allow() {
    await this.#audio.resume();
    this.show("on");
    this.#chime();
  }

  play() {
    if (this.#audio?.state !== "running" || this.now() - this.#playedAt < AT_MOST_EVERY) return;
    this.#playedAt = this.now();
    this.#chime();
  }

  #chime() {
    NOTES.forEach((frequency, index) => {
      const start = this.#audio.currentTime + index * LENGTH;
      const tone = new OscillatorNode(this.#audio, { frequency });
      const volume = new GainNode(this.#audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
      tone.connect(volume).connect(this.#audio.destination);
      tone.start(start);
      tone.stop(start + LENGTH);
    });
  }
}
