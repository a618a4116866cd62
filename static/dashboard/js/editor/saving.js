// Saving, and what keeps a draft from being lost: other people's changes, a server that is away, a session that ended.

import { askConflicts } from "./dialogs.js";
import { button } from "./fields.js";
import { merge } from "./merge.js";

export class Saving {
  #busy = false;

  /** @param {import("./editor.js").Editor} editor */
  constructor({ editor, server, note, page, word, onChange }) {
    Object.assign(this, { editor, server, note, page, word, onChange, savedAt: null, failed: false, leaving: false });
    this.draft = editor.draft;
  }

  get busy() {
    return this.#busy;
  }

  async save() {
    if (this.#busy || !this.draft.dirty) return;
    this.#busy = true;
    this.onChange();
    const sent = this.draft.steps.present;
    const { status, body } = await this.server.save(sent.board, sent.origin.revision);
    this.#busy = false;
    this.failed = status !== 200;
    if (status === 200) {
      this.draft.saved(body, sent);
      this.savedAt = Date.now();
      this.note.hide();
      this.editor.errors = [];
      this.editor.show();
      this.editor.announce(this.word("saved_now"));
    } else if (status === 409) this.#conflict(body.current);
    else this.#refused(status, body);
    this.onChange();
  }

  #refused(status, body) {
    if (status === 0) this.note.say(this.word("server_away"), this.#again());
    else if (status === 401) this.note.say(body.message, this.#signIn());
    else if (status === 422) {
      this.editor.errors = body.errors;
      const tile = body.errors.find((error) => error.tile)?.tile;
      if (tile && this.draft.tile(tile)) this.editor.selected = tile;
      this.editor.show({ ask: false });
      this.note.say(body.message);
    } else this.note.say(body.message ?? this.word("server_failed"), this.#again());
  }

  #again = () => button(this.word("try_again"), () => this.save());

  #signIn() {
    return Object.assign(document.createElement("a"), { href: this.page.login, target: "_blank", textContent: this.word("sign_in") });
  }

  /** Somebody else saved; `current` is what they made. Nothing of either is dropped unless it is chosen here. */
  #conflict(current) {
    const { draft, word } = this;
    const compare = () => {
      const found = (choices) => merge(draft.base, draft.board, current.wallboard, choices);
      const merged = found({});
      const nameOf = ({ id, mine, theirs }) => (mine ?? theirs)?.title || this.editor.names.title(id);
      const onChoose = (choices) => {
        const { board, moved } = found(choices);
        draft.rebase(current, board);
        this.editor.show({ anew: true });
        const text = word(moved.length ? "joined_moved" : "joined", { tiles: moved.map(this.editor.names.title).join(", ") });
        this.note.say(text, button(word("save"), () => this.save()));
      };
      askConflicts({ merged, word, nameOf, onChoose });
    };
    this.note.say(word("changed_meanwhile"), button(word("compare"), compare), button(word("take_all_theirs"), () => this.#adopt(current)));
    compare();
  }

  #adopt(current) {
    const dropped = this.draft.dirty;
    this.draft.rebase(current);
    this.editor.show({ anew: true });
    this.note.say(this.word("shows_theirs"), ...(dropped ? [button(this.word("undo"), this.#fetchBack)] : []));
  }

  #fetchBack = () => {
    this.note.hide();
    this.editor.undo();
  };

  /** The board on the server may be another now: the socket said so, or a kept draft was taken up. */
  async check() {
    if (this.#busy) return;
    const { status, body } = await this.server.stored();
    if (status !== 200 || this.#busy || body.revision === this.draft.revision) return;
    if (!this.draft.dirty) this.#adopt(body);
    else this.note.say(this.word("changed_meanwhile"), button(this.word("compare"), () => this.#conflict(body)));
  }

  /** Makes a further board of the draft and goes there. @returns {Promise<string|null>} what is wrong */
  async copy(title) {
    const { status, body } = await this.server.copy({ ...this.draft.board, title });
    if (status === 201) {
      this.leaving = true;
      location.assign(body.url);
    }
    const told = (body.errors ?? []).map(({ message }) => message);
    return status === 201 ? null : [body.message ?? this.word("server_away"), ...told].join(" ");
  }

  /** Work that this browser kept from before. */
  restored(at, locale) {
    const time = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" }).format(at);
    const discard = button(this.word("discard"), async () => {
      const { status, body } = await this.server.stored();
      if (status !== 200) {
        this.note.say(this.word("server_away"));
        return;
      }
      this.draft.rebase(body);
      this.editor.show({ anew: true });
      this.note.say(this.word("discarded"), button(this.word("undo"), this.#fetchBack));
    });
    this.note.say(this.word("restored", { time }), discard);
  }
}
