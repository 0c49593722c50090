import { post } from "./api.js";
import { busy, byId, el, renderList, say, when } from "./dom.js";
import { kindOf, outcomeWords } from "./words.js";

// Outcomes that are answers and no errors: refused, not there, judged unfit.
export const OUTCOMES = [403, 404, 409, 422];

let roles = new Set();
let me = "";
let state = { edits: [], pending: [], suspended: false };

/** Makes the buttons of the list work. */
export function startKnowledge() {
  const button = byId("suspend");
  button.addEventListener("click", () => busy(button, async () => {
    const message = byId("suspend-message");
    try {
      await post(`api/knowledge/${state.suspended ? "resume" : "suspend"}`);
      say(message, "");
    } catch (error) {
      say(message, error.message, "bad");
    }
  }));
}

/** Takes over what the caller may do. */
export function setRoles(name, given) {
  me = name;
  roles = new Set(given);
  show();
}

/** Takes over what the server says. */
export function setState(given) {
  state = given;
  show();
}

function show() {
  const { edits = [], pending = [] } = state;
  byId("edits-count").textContent = edits.length || "";
  byId("no-edits").hidden = edits.length > 0;
  byId("suspended").hidden = !state.suspended;
  byId("edits-word").textContent = state.suspended ? "Edits, suspended" : "Edits in force";
  byId("edits").classList.toggle("suspended", Boolean(state.suspended));
  const suspend = byId("suspend");
  suspend.hidden = !roles.has("administer");
  suspend.textContent = state.suspended ? "Resume all" : "Suspend all";
  // What may be done with an item is a part of it, so that it is drawn anew where that changes.
  const mayRevert = roles.has("revert");
  renderList(byId("edits"), edits.map(edit => ({ ...edit, mayRevert })).reverse(), edit => edit.id, editItem, byId("edits-title"));
  byId("pending-count").textContent = pending.length || "";
  byId("pending-card").hidden = pending.length === 0;
  renderList(byId("pending"), pending.map(one => ({ ...one, ...mayDo(one) })), one => one.id, pendingItem, byId("edits-title"));
}

/** Nobody approves what they proposed; but they may take it back. */
function mayDo(proposal) {
  const own = proposal.proposed_by === `person ${me}`;
  return { mayApprove: roles.has("approve") && !own, mayDecline: roles.has("approve"), mayWithdraw: own && roles.has("propose") };
}

function editItem(edit) {
  const path = `api/knowledge/edits/${encodeURIComponent(edit.id)}`;
  return el("li", { class: "item" },
    el("p", { class: "item-question" }, el("span", { class: "id" }, edit.id), " ", edit.question),
    change(edit.answer_before, edit.answer),
    scores(edit),
    details([
      // Where no source says it, the person who does stands in its place.
      edit.source && edit.source !== `person ${edit.requester}` && `source ${edit.source}`,
      edit.requester && `by ${edit.requester}`,
      names(edit.approved_by) && `approved by ${names(edit.approved_by)}`,
      edit.published_at && when(edit.published_at),
      edit.bytes && `${(edit.bytes / 1000).toFixed(1)} kB`,
      edit.valid_until && `valid until ${when(edit.valid_until)}`,
    ]),
    edit.mayRevert ? actions([{ name: "Revert", path: `${path}/revert`, reason: true }], edit) : null);
}

function pendingItem(one) {
  const path = `api/knowledge/proposals/${encodeURIComponent(one.id)}`;
  const needed = one.approvals_needed;
  return el("li", { class: "item" },
    el("p", { class: "item-question" }, el("span", { class: "id" }, one.id), " ", one.question),
    change(null, one.answer),
    details([
      one.proposed_by && `by ${one.proposed_by}`,
      names(one.approved_by) && `approved by ${names(one.approved_by)}`,
      needed && `${needed} more ${needed === 1 ? "approval" : "approvals"} needed`,
      one.rule && `rule ${one.rule}`,
    ]),
    one.reason ? el("p", { class: "reason" }, one.reason) : null,
    actions([
      one.mayApprove && { name: "Approve", path: `${path}/approve`, primary: true },
      one.mayWithdraw ? { name: "Withdraw", path: `${path}/decline`, reason: true } : one.mayDecline && { name: "Decline", path: `${path}/decline`, reason: true },
    ].filter(Boolean), one));
}

function change(before, after) {
  return el("p", { class: "change" },
    before ? el("del", { "aria-label": `before: ${before}` }, before) : null,
    before ? el("span", { "aria-hidden": "true" }, " → ") : el("span", { class: "muted" }, "to "),
    el("ins", {}, after));
}

function scores(edit) {
  const percent = value => value == null ? null : `${Math.round(value * 100)} %`;
  const drift = edit.drift == null ? null : edit.drift > 0 && edit.drift < 0.0001 ? "< 0.0001" : Number(edit.drift).toFixed(4);
  const list = [["reliability", percent(edit.reliability)], ["generality", percent(edit.generality)], ["locality", percent(edit.locality)], ["drift", drift]];
  return el("dl", { class: "scores" }, ...list.filter(([, value]) => value !== null)
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function details(parts) {
  const given = parts.filter(Boolean);
  return given.length > 0 ? el("p", { class: "details" }, given.join(" · ")) : null;
}

const names = given => (Array.isArray(given) ? given.join(", ") : given) || "";

/** Buttons of an item. One that takes a reason asks for it first, which also is a second look before it is done. */
function actions(list, item) {
  if (list.length === 0) {
    return null;
  }

  const message = el("p", { class: "message", role: "status", hidden: true });
  const row = el("div", { class: "row" });
  const run = (button, path, body) => busy(button, async () => {
    try {
      const outcome = await post(path, body, OUTCOMES);
      say(message, outcome.error?.message ?? outcomeWords(outcome), kindOf(outcome.status) || "bad");
    } catch (error) {
      say(message, error.message, "bad");
    }
  });
  const labelled = name => `${name} ${item.id}`;
  const buttons = list.map(action => {
    const button = el("button", { type: "button", class: action.primary ? "small primary" : "small", "aria-label": labelled(action.name) }, action.name);
    button.addEventListener("click", () => action.reason ? ask(action, button) : run(button, action.path, {}));
    return button;
  });
  row.append(...buttons);

  function ask(action, button) {
    const input = el("input", { "aria-label": `Why ${action.name.toLowerCase()}? May be left empty`, placeholder: "Why? (may be left empty)", maxlength: 500 });
    const back = () => {
      row.replaceChildren(...buttons);
      button.focus();
    };
    const form = el("form", {
      class: "row why",
      submit: event => {
        event.preventDefault();
        const reason = input.value.trim();
        run(form.querySelector("[type=submit]"), action.path, reason ? { reason } : {});
      },
      keydown: event => event.key === "Escape" && back(),
    }, input, el("button", { type: "submit", class: "small danger", "aria-label": `${labelled(action.name)} now` }, action.name),
    el("button", { type: "button", class: "small", click: back }, "Cancel"));
    row.replaceChildren(form);
    input.focus();
  }

  return el("div", { class: "actions" }, row, message);
}
