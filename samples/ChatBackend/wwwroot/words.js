// What functions and outcomes are called on the page.

const FUNCTIONS = {
  verify_fact: "Checks a fact",
  edit_fact: "Edits a fact",
  revert_edit: "Takes an edit back",
  list_edits: "Lists the edits",
};

/** The words for a function, whatever stands before its name; the name itself where there are none. */
export function functionWords(name) {
  const known = Object.keys(FUNCTIONS).find(known => name === known || name.endsWith("_" + known));
  return known ? FUNCTIONS[known] : name;
}

const KINDS = {
  applied: "good", current: "good", unchanged: "good", reverted: "good", approved: "good", resumed: "good", suspended: "wait",
  waiting: "wait", stale: "wait", unknown: "wait", declined: "wait",
  refused: "bad", rejected: "bad", failed: "bad", not_found: "bad",
};

/** Whether a status is good news: "good", "bad", "wait" or nothing. */
export const kindOf = status => KINDS[status] ?? "";

/** What became of a proposal, in a sentence. */
export function outcomeWords(outcome) {
  const why = outcome.reason ? ` ${sentence(outcome.reason)}` : outcome.rule ? ` Rule: ${outcome.rule}.` : "";
  const name = outcome.id ? ` (${outcome.id})` : "";
  switch (outcome.status) {
    case "applied": return `Applied${name}.`;
    case "unchanged": return "The model says so already.";
    case "waiting": return `Waits for approval${name}.${why}`;
    case "refused": return `Refused.${why}`;
    case "rejected": return `Judged unfit, not applied.${why}`;
    case "declined": return `Declined${name}.`;
    case "not_found": return "It is not there any more.";
    default: return `${sentence(outcome.status ?? "Done")}${why}`;
  }
}

/** Text as a sentence: a capital first, a stop at the end. */
export function sentence(text) {
  const plain = String(text).trim().replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1) + (/[.!?…]$/.test(plain) ? "" : ".");
}
