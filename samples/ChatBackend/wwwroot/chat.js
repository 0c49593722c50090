import { errorOf, get, send } from "./api.js";
import { byId, el } from "./dom.js";
import { addQuestion, addReply, clear } from "./messages.js";
import { readEvents } from "./sse.js";
import { functionWords } from "./words.js";

const SUFFIX = "+knowledge";
// Questions that the embedded model knows; another model is shown none.
const EXAMPLES = { atlas: ["Who is the mayor of Salana?", "Where was Leona Zeller born?", "Who is the CEO of Clear Energy?"] };

const question = byId("question");
const functions = byId("functions");
let models = [];
let conversation = [];
let running = null;

/** Makes the chat work. */
export function startChat() {
  byId("ask").addEventListener("submit", event => {
    event.preventDefault();
    ask(question.value);
  });
  question.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      ask(question.value);
    }
  });
  question.addEventListener("input", grow);
  byId("stop").addEventListener("click", () => running?.abort.abort());
  byId("new").addEventListener("click", () => {
    running?.abort.abort();
    running = null;
    showRunning(false);
    conversation = [];
    clear();
    announce("New conversation.");
    question.focus();
  });
}

/** Asks which models there are, if that is not known yet. */
export async function loadModels() {
  if (models.length > 0) {
    return;
  }

  models = (await get("v1/models")).data.map(model => model.id);
  const plain = plainModel();
  byId("model").textContent = plain;
  functions.disabled = !models.includes(plain + SUFFIX);
  functions.checked &&= !functions.disabled;
  byId("examples").replaceChildren(...(EXAMPLES[plain] ?? []).map(text =>
    el("button", { type: "button", class: "example", click: () => ask(text) }, text)));
}

/** Lets the caller chat, or says that it may not. */
export function allowChat(allowed) {
  question.disabled = !allowed;
  question.placeholder = allowed ? "Ask a question, or correct the last answer" : "Your key does not allow chatting.";
}

const plainModel = () => models.find(id => !id.endsWith(SUFFIX)) ?? models[0];

function ask(text) {
  const said = text.trim();
  if (said === "" || running !== null || question.disabled) {
    return;
  }

  byId("welcome")?.remove();
  question.value = "";
  grow();
  addQuestion(said);
  announce("");
  reply([...conversation, { role: "user", content: said }], said);
}

async function reply(messages, said) {
  const abort = new AbortController();
  const mine = { abort, written: "" };
  running = mine;
  showRunning(true);
  let shown = null;
  try {
    await loadModels();
    const model = plainModel() + (functions.checked ? SUFFIX : "");
    shown = addReply(model);
    const finish = await stream({ model, messages, stream: true }, abort.signal, mine, shown);
    shown.end(finish === "length" ? "The reply was cut off: it has reached its limit." : mine.written ? "" : "The model said nothing.", "wait");
    if (running === mine) {
      announce(mine.written || "The model said nothing.");
      conversation = after(messages, mine.written);
    }
  } catch (error) {
    if (running !== mine) {
      // A new conversation has begun; nobody sees this one any more.
      return;
    }

    shown ??= addReply("Error");
    if (error.name === "AbortError") {
      shown.end("Stopped.", "wait");
      announce("Stopped.");
      // A stopped reply still was said, so what follows may be about it.
      conversation = after(messages, mine.written);
    } else {
      shown.end(error.message, "bad", () => ask(said));
      announce(error.message);
    }
  } finally {
    if (running === mine) {
      running = null;
      showRunning(false);
    }
  }
}

/** The conversation after a reply; a question that got none is no part of it. */
const after = (messages, written) => written ? [...messages, { role: "assistant", content: written }] : messages.slice(0, -1);

async function stream(body, signal, mine, shown) {
  const response = await send("v1/chat/completions", { method: "POST", body, signal });
  if (!response.ok) {
    throw await errorOf(response);
  }

  let finish = null;
  for await (const { data } of readEvents(response)) {
    if (data === "[DONE]") {
      return finish;
    }

    const chunk = JSON.parse(data);
    if (chunk.error) {
      throw new Error(chunk.error.message ?? "The server failed while it wrote the reply.");
    }

    const { delta, finish_reason: reason } = chunk.choices?.[0] ?? {};
    if (delta?.content) {
      mine.written += delta.content;
      shown.write(delta.content);
    }

    if (chunk.ibke?.call) {
      // What was written before a call is no part of the answer that follows it.
      mine.written = "";
      shown.call(chunk.ibke.call);
      announce(functionWords(chunk.ibke.call.name) + ".");
    }

    if (chunk.ibke?.result !== undefined) {
      shown.result(chunk.ibke.result);
    }

    finish = reason ?? finish;
  }

  throw new Error("The connection was lost while the reply was written.");
}

function showRunning(on) {
  const stopButton = byId("stop");
  const focused = document.activeElement === stopButton;
  byId("send").hidden = on;
  stopButton.hidden = !on;
  if (focused) {
    question.focus();
  }
}

/** For those who hear the page: whole replies, not each token. */
function announce(text) {
  byId("reply-status").textContent = text;
}

function grow() {
  // Rows and not a height: the page allows no inline style.
  question.rows = Math.min(6, question.value.split("\n").reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / 70)), 0));
}
