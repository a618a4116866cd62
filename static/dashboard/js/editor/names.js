// What tiles and series are called, to the eye and to a screen reader.

export class Names {
  /** What the server made of the tiles, by id. */
  entries = {};

  constructor(word, model, draft) {
    Object.assign(this, { word, model, draft });
  }

  /** A series by its names, in the words of its statistic and object where these are known. */
  series = ({ statistic, object }) => {
    const known = Object.values(this.model.series).find((one) => one.statistic === statistic && one.object.name === object);
    return known ? `${known.title} · ${known.object.title}` : `${statistic} · ${object}`;
  };

  /** The title that a tile gets from its statistic, where it has none of its own. */
  given = (tile) => (tile.title ? "" : (this.entries[tile.id]?.title ?? ""));

  title = (id) => {
    const tile = this.draft.tile(id);
    return tile?.title || this.entries[id]?.title || (tile ? this.word(`kind_${tile.kind}`) : id);
  };

  /** A tile with its kind and place, and what is wrong with it. */
  cell = ({ x, y, w, h }, tile, problem) => {
    const title = tile.title || this.entries[tile.id]?.title || "";
    const text = this.word("cell", { title, kind: this.word(`kind_${tile.kind}`), x: x + 1, y: y + 1, w, h }).replace(/^, /, "");
    return problem ? `${text}. ${problem}` : text;
  };
}
