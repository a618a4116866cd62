// "Try": asks the service once, through the bridge, and shows what it said.

import { startNarrowing } from "./fitting.js";
import { element, post } from "./post.js";

/** The parts of an answer, as elements; `texts` is the dataset of the section. */
export function outcomeOf(answer, texts) {
  if (answer.problem) return [headline("pending", texts.notTried), element("p", "refusal", answer.problem)];
  const { steps, at, raw } = answer.outcome;
  const last = steps.at(-1);
  const accepted = steps.some((step) => step.name === "subscribe" && step.ok);
  const parts = [headline(last.ok ? "ok" : accepted ? "pending" : "rejected", wordFor(last, accepted, texts))];
  for (const step of steps) {
    if (step.refusal) parts.push(element("p", "refusal", `“${step.refusal}”`));
    parts.push(element("p", "step", step.text));
  }
  if (last.ok && last.name === "value") parts.push(valueLine(answer.value, at, texts));
  if (raw) parts.push(rawPart(raw, texts));
  return parts;
}

function wordFor(last, accepted, texts) {
  if (last.ok) return texts.accepted;
  if (accepted) return texts.noValue;
  return last.refusal ? texts.refused : texts.notTried;
}

function headline(state, text) {
  const line = element("p", "headline");
  const badge = element("strong", "state", text);
  badge.dataset.state = state;
  line.append(badge);
  return line;
}

function valueLine(value, at, texts) {
  const line = element("p", "first-value");
  line.append(element("span", "", texts.first), element("output", "", value));
  if (at) line.append(element("time", "", new Date(at).toLocaleTimeString(document.documentElement.lang)));
  return line;
}

function rawPart(raw, texts) {
  const part = element("details");
  part.append(element("summary", "", texts.raw), element("pre", "code", raw));
  return part;
}

export function startTrying(form, section) {
  const button = section.querySelector("button");
  const outcome = section.querySelector(".outcome");
  const texts = section.dataset;
  button.hidden = false;
  startNarrowing(section);
  button.addEventListener("click", async () => {
    const fields = new FormData(form);
    fields.set("definition", texts.definition);
    fields.set("object", section.querySelector("select").value);
    button.disabled = true;
    outcome.replaceChildren(element("p", "waiting", texts.trying));
    try {
      outcome.replaceChildren(...outcomeOf(await post(texts.tryUrl, fields), texts));
    } catch {
      outcome.replaceChildren(element("p", "refusal", texts.gone));
    } finally {
      button.disabled = false;
    }
  });
}
