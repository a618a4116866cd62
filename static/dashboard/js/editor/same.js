// Whether two plain values say the same, whatever the order of their keys.

const sorted = (key, value) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

export const same = (one, other) => JSON.stringify(one ?? null, sorted) === JSON.stringify(other ?? null, sorted);
