import { byId, el } from "./dom.js";
import { functionWords, kindOf } from "./words.js";

// Nearer to the end than this, the view follows what is written.
const NEAR_END = 80;

const view = byId("messages");
let wasAtEnd = true;

view.addEventListener("scroll", () => wasAtEnd = isAtEnd());
new ResizeObserver(() => {
  if (wasAtEnd) {
    view.scrollTop = view.scrollHeight;
  }
}).observe(view);

const isAtEnd = () => view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_END;

function keepAtEnd(change) {
  const atEnd = isAtEnd();
  change();
  if (atEnd) {
    view.scrollTop = view.scrollHeight;
  }
}

/** Removes all messages. */
export function clear() {
  view.replaceChildren(byId("welcome") ?? "");
}

/** Shows what the user said. */
export function addQuestion(text) {
  view.append(el("article", { class: "message-of-user", "aria-label": "You" }, el("p", { class: "said" }, text)));
  view.scrollTop = view.scrollHeight;
}

/** Shows a reply that is being made; what it returns lets it grow. */
export function addReply(model) {
  const body = el("div", { class: "body" });
  const article = el("article", { class: "message-of-model", "aria-label": model, "aria-busy": "true" }, body);
  const dots = el("p", { class: "dots", "aria-hidden": "true" }, el("span"), el("span"), el("span"));
  body.append(dots);
  let paragraph = null;
  let waiting = [];
  keepAtEnd(() => view.append(article));
  return {
    write(text) {
      keepAtEnd(() => {
        if (paragraph === null) {
          paragraph = el("p", { class: "said" });
          body.insertBefore(paragraph, dots);
          dots.hidden = true;
        }

        paragraph.append(text);
      });
    },
    call(call) {
      keepAtEnd(() => {
        const shown = callOf(call);
        waiting.push(shown);
        paragraph = null;
        body.insertBefore(shown, dots);
        dots.hidden = false;
      });
    },
    result(result) {
      keepAtEnd(() => {
        const shown = waiting.shift();
        (shown ?? body).append(resultOf(result));
        shown?.removeAttribute("aria-busy");
      });
    },
    end(note, kind, again) {
      keepAtEnd(() => {
        dots.remove();
        article.removeAttribute("aria-busy");
        waiting.forEach(shown => shown.removeAttribute("aria-busy"));
        waiting = [];
        if (note) {
          body.append(el("p", { class: "message", "data-kind": kind }, note, again ? el("button", {
            type: "button",
            class: "small",
            click: () => {
              article.previousElementSibling?.remove();
              article.remove();
              again();
            },
          }, "Try again") : null));
        }
      });
    },
  };
}

function callOf({ name, arguments: given }) {
  return el("div", { class: "call", "aria-busy": "true" },
    el("p", { class: "call-title" }, functionWords(name), " ", el("code", {}, name)),
    fieldsOf(parsed(given)));
}

function resultOf(given) {
  const result = parsed(given);
  const isObject = result !== null && typeof result === "object" && !Array.isArray(result);
  const { status = null, ...rest } = isObject ? result : { value: result };
  return el("div", { class: "result" },
    status === null ? null : el("span", { class: "badge", "data-kind": kindOf(status) }, String(status).replaceAll("_", " ")),
    fieldsOf(rest));
}

function fieldsOf(object) {
  if (object === null || typeof object !== "object") {
    return object == null ? null : el("p", {}, String(object));
  }

  const list = el("dl");
  for (const [name, value] of Object.entries(object)) {
    if (value !== null) {
      list.append(el("dt", {}, name.replaceAll("_", " ")), el("dd", {}, typeof value === "string" ? value : JSON.stringify(value)));
    }
  }

  return list.childElementCount > 0 ? list : null;
}

/** Arguments and results come as JSON or as its text. */
function parsed(given) {
  if (typeof given !== "string") {
    return given;
  }

  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
