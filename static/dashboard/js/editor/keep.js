// The draft, kept in this browser: a closed tab, an accidental reload or a server that is away loses nothing.

export class Keep {
  constructor(slug, user, storage = localStorage) {
    this.key = `wallboard-draft:${user}:${slug}`;
    this.storage = storage;
  }

  /** @param {{base: object, revision: string, draft: object}} work */
  write(work) {
    try {
      this.storage.setItem(this.key, JSON.stringify({ ...work, at: Date.now() }));
      return true;
    } catch {
      return false; // full or forbidden: the page itself still has the draft
    }
  }

  /** @returns {{base: object, revision: string, draft: object, at: number}|null} */
  read() {
    try {
      const found = JSON.parse(this.storage.getItem(this.key));
      return found?.draft?.tiles && found.base?.tiles && found.revision ? found : null;
    } catch {
      return null;
    }
  }

  clear() {
    try {
      this.storage.removeItem(this.key);
    } catch {
      // nothing was kept either
    }
  }
}
