import { post } from "./api.js";
import { busy, byId, el, renderList, say } from "./dom.js";
import { OUTCOMES } from "./knowledge.js";
import { kindOf, outcomeWords, sentence } from "./words.js";

let mayPropose = false;
let found = [];

/** Makes the form and the search for stale facts work. */
export function startProposals() {
  const form = byId("propose");
  form.addEventListener("submit", event => {
    event.preventDefault();
    busy(form.querySelector("[type=submit]"), propose);
  });
  byId("verify").addEventListener("click", () => busy(byId("verify"), verify));
  byId("sweep").addEventListener("click", () => busy(byId("sweep"), sweep));
}

/** Takes over what the caller may do. */
export function setProposalRoles(roles) {
  mayPropose = roles.includes("propose");
  byId("propose-card").hidden = !mayPropose;
  byId("stale-card").hidden = !mayPropose;
  byId("verify").hidden = !roles.includes("chat");
  showFound();
}

async function send(proposal, message) {
  say(message, "The edit is made and judged …", "wait");
  try {
    const outcome = await post("api/knowledge/proposals", proposal, OUTCOMES);
    say(message, outcome.error?.message ?? outcomeWords(outcome), kindOf(outcome.status) || "bad");
    return outcome.status;
  } catch (error) {
    say(message, error.message, "bad");
    return null;
  }
}

async function propose() {
  const read = name => byId(`propose-${name}`).value.trim();
  const proposal = { question: read("question"), answer: read("answer") };
  for (const name of ["subject", "reason"]) {
    if (read(name)) {
      proposal[name] = read(name);
    }
  }

  const status = await send(proposal, byId("propose-message"));
  if (status === "applied" || status === "waiting") {
    byId("propose").reset();
    byId("propose-question").focus();
  }
}

async function verify() {
  const message = byId("propose-message");
  const question = byId("propose-question");
  if (!question.reportValidity()) {
    return;
  }

  say(message, "Asking the model and its sources …", "wait");
  try {
    const result = await post("api/knowledge/verify", { question: question.value.trim() }, [422]);
    say(message, verifyWords(result), kindOf(result.status));
    if (result.status === "stale") {
      const use = el("button", { type: "button", class: "small" }, "Use it");
      use.addEventListener("click", () => {
        byId("propose-answer").value = result.current;
        byId("propose-answer").focus();
      });
      message.append(" ", use);
    }
  } catch (error) {
    say(message, error.message, "bad");
  }
}

function verifyWords(result) {
  switch (result.status) {
    case "current": return `Current: the model and its source say “${result.answer}”.`;
    case "stale": return `Stale: the model says “${result.answer}”, the source “${result.current}”.`;
    case "unknown": return "No source knows this question.";
    default: return sentence(result.reason ?? result.status ?? "No answer");
  }
}

async function sweep() {
  const message = byId("sweep-message");
  say(message, "Asking the model all that its sources know …", "wait");
  try {
    const report = await post("api/knowledge/sweep", {});
    found = report.found ?? [];
    const stale = found.filter(fact => fact.status === "stale").length;
    say(message, `${report.facts} facts looked at, ${stale} stale.`, stale > 0 ? "wait" : "good");
  } catch (error) {
    say(message, error.message, "bad");
  }

  showFound();
}

function showFound() {
  renderList(byId("stale"), found.map(fact => ({ ...fact, mayPropose })), fact => fact.question, foundItem, byId("sweep"));
}

function foundItem(fact) {
  const message = el("p", { class: "message", role: "status", hidden: true });
  const said = fact.reason ?? { conflict: "The sources disagree.", old: "The source has not confirmed it for long." }[fact.status];
  const button = fact.mayPropose && fact.status === "stale" && fact.current
    ? el("button", { type: "button", class: "small", "aria-label": `Propose ${fact.current} for ${fact.question}` }, "Propose")
    : null;
  button?.addEventListener("click", () => busy(button, async () => {
    const status = await send({ question: fact.question, answer: fact.current, reason: `${fact.source} says so` }, message);
    if (["applied", "unchanged", "waiting"].includes(status)) {
      message.tabIndex = -1;
      message.focus();
      button.remove();
    }
  }));
  return el("li", { class: "item" },
    el("p", { class: "item-question" }, fact.question),
    el("p", { class: "change" },
      fact.answer ? el("del", {}, fact.answer) : null,
      fact.answer && fact.current ? el("span", { "aria-hidden": "true" }, " → ") : null,
      fact.current ? el("ins", {}, fact.current) : null),
    el("p", { class: "details" }, [fact.source && `source ${fact.source}`, fact.as_of && `as of ${fact.as_of}`].filter(Boolean).join(" · ")),
    said ? el("p", { class: "reason" }, said) : null,
    el("div", { class: "actions" }, el("div", { class: "row" }, button), message));
}
