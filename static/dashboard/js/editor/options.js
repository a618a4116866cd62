// The fields of a kind's own options, made of the JSON Schema that the server checks them by.

import { checkbox, field, numberInput, select, textArea, textInput } from "./fields.js";

const plain = (schema, all) => {
  const one = schema.$ref ? { ...all.$defs?.[schema.$ref.split("/").at(-1)], ...schema } : schema;
  return one.anyOf ? { ...one, ...one.anyOf.find(({ type }) => type !== "null") } : one;
};

/** `{NotReadyForNextCall: 900}` as one line each, and back; a line that says nothing else stays for the server. */
const mapText = (map) => Object.entries(map ?? {}).map(([key, value]) => `${key} ${value}`).join("\n");
const readMap = (text) =>
  Object.fromEntries(
    text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
      const [, key, rest] = /^(.*?)[\s:=]+([^\s:=]+)$/.exec(line) ?? [null, line, ""];
      return [key, rest !== "" && Number.isFinite(Number(rest)) ? Number(rest) : rest];
    }),
  );
const readLines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

function control(schema, value, word, onChange) {
  if (schema.enum) return select(value ?? schema.default, schema.enum.map((one) => [one, word(`choice_${one}`)]), onChange);
  switch (schema.type) {
    case "boolean":
      return checkbox(value ?? schema.default, onChange);
    case "integer":
    case "number": {
      const input = numberInput(value ?? "", onChange);
      if (schema.default !== null && schema.default !== undefined) input.placeholder = String(schema.default);
      return input;
    }
    case "object":
      return textArea(mapText(value), (text) => onChange(text.trim() ? readMap(text) : null), 3);
    case "array":
      return textArea((value ?? []).join("\n"), (text) => onChange(text.trim() ? readLines(text) : null), 3);
    default:
      if ((schema.maxLength ?? 0) > 300) return textArea(value, (text) => onChange(text === "" ? null : text), 7);
      return textInput(value ?? "", (text) => onChange(text === "" ? null : text));
  }
}

/** @param {(name: string, value: any) => void} onChange with null where the option is left to its default */
export function optionFields(schema, options, word, onChange) {
  return Object.entries(schema.properties ?? {}).map(([name, given]) => {
    const one = plain(given, schema);
    const help = word(`help_${name}`);
    const label = word(`option_${name}`) === `option_${name}` ? name : word(`option_${name}`);
    const made = control(one, options[name], word, (value) => onChange(name, value));
    return field(name, label, made, { help: help === `help_${name}` ? "" : help, inline: one.type === "boolean" });
  });
}
