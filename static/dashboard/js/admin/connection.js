// A connection's page: its link, live, and the test of every step.

import { isRefused, showField } from "./fields.js";
import { element, lines } from "./post.js";

const STEPS = ["token", "handshake", "subscribe", "value"];
const REFRESH_MS = 5000;

/** What each kind of sign-in takes beside the client; the rest is hidden, and stays what it is. */
const TAKEN = {
  password: ["username", "password", "clear_password"],
  refresh_token: ["refresh_token", "clear_refresh_token"],
};

function followGrant(form) {
  const show = () => {
    for (const [grant, keys] of Object.entries(TAKEN)) {
      for (const key of keys) showField(form, key, form.elements.grant.value === grant || isRefused(form, key));
    }
  };
  form.elements.grant.addEventListener("change", show);
  show();
}

/** A list with a line for each step; while it goes on the next one is being tried, in the end it was not reached. */
export function stepsOf({ steps }, texts, going = false) {
  const list = element("ol", "steps");
  for (const [at, name] of STEPS.entries()) {
    const step = steps.find((one) => one.name === name);
    const trying = going && at === steps.length;
    const line = element("li");
    const badge = element("strong", "state", texts[name]);
    const without = trying ? ["pending", texts.trying] : ["unused", going ? "" : texts.skipped];
    const tried = new Map([[true, ["ok", texts.ok]], [false, ["rejected", texts.failed]], [null, ["unused", texts.untried]]]);
    const [state, how] = step ? tried.get(step.ok) : without;
    badge.dataset.state = state;
    line.append(badge, element("span", "how", how));
    if (step) {
      line.append(element("p", "step", step.text));
      if (step.refusal) line.append(element("p", "refusal", `“${step.refusal}”`));
    }
    list.append(line);
  }
  return list;
}

/** In the reader's own zone, which is named: the pages around it are in the server's. */
function moment(ms) {
  return new Date(ms).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });
}

function answerOf(answer, texts) {
  if (answer.problem) {
    const reasons = Object.entries(answer.errors ?? {}).map(([name, found]) => element("p", "step", `${name}: ${found.join(" ")}`));
    return [element("p", "refusal", answer.problem), ...reasons];
  }
  const parts = [stepsOf(answer.outcome, texts)];
  if (answer.outcome.raw) {
    const raw = element("details");
    raw.append(element("summary", "", texts.raw), element("pre", "code", answer.outcome.raw));
    parts.push(raw);
  }
  return parts;
}

function startTesting(form, section) {
  const button = section.querySelector("button");
  const outcome = section.querySelector(".outcome");
  const texts = section.dataset;
  button.hidden = false;
  section.addEventListener("keydown", (event) => {
    // Return in the id's field would save the connection.
    if (event.key !== "Enter" || event.target === button) return;
    event.preventDefault();
    button.click();
  });
  button.addEventListener("click", async () => {
    const fields = new FormData(form);
    fields.set("connection", texts.connection);
    button.disabled = true;
    const steps = [];
    outcome.replaceChildren(stepsOf({ steps }, texts, true));
    try {
      for await (const told of lines(texts.testUrl, fields)) {
        if (told.step) steps.push(told.step);
        outcome.replaceChildren(...(told.step ? [stepsOf({ steps }, texts, true)] : answerOf(told, texts)));
      }
    } catch {
      outcome.replaceChildren(element("p", "refusal", texts.gone));
    } finally {
      button.disabled = false;
    }
  });
}

class Live {
  constructor(section) {
    this.section = section;
    this.show(JSON.parse(section.querySelector("#live-data").textContent));
    setInterval(() => document.hidden || this.ask(), REFRESH_MS);
  }

  async ask() {
    try {
      const response = await fetch(this.section.dataset.liveUrl, { credentials: "same-origin" });
      if (response.ok && !response.redirected) this.show(await response.json());
    } catch {
      // The page keeps what it last knew; the next round may go better.
    }
  }

  show(link) {
    const part = (name) => this.section.querySelector(`[data-live="${name}"]`);
    part("state").dataset.state = link.state;
    part("state").textContent = link.word;
    part("since").textContent = link.since ? moment(link.since) : "–";
    for (const name of ["open", "rejected", "reason"]) part(name).textContent = link[name];
    part("token_age").textContent = link.token_age || "–";
    const rows = link.refusals.map(({ statistic, object, reason }) => {
      const row = element("tr");
      const head = element("th", "", statistic);
      head.scope = "row";
      row.append(head, element("td", "", object), element("td", "", reason));
      return row;
    });
    part("refusals").replaceChildren(...rows);
    part("refusals").parentElement.hidden = rows.length === 0;
  }
}

const form = document.querySelector("#connection_form");
const test = document.querySelector("#test");
if (form?.elements.grant) followGrant(form);
if (form && test) startTesting(form, test);
if (document.querySelector("#live")) new Live(document.querySelector("#live"));
