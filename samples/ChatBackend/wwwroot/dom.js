// Small helpers. Whatever comes from the server or the model becomes a text node: nothing here parses HTML.

/** The element with that id. */
export const byId = id => document.getElementById(id);

/** A new element. Strings among the children become text; null ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value != null) {
      element.setAttribute(name, String(value));
    }
  }

  element.append(...children.filter(child => child != null && child !== "").map(child => child instanceof Node ? child : String(child)));
  return element;
}

/** A new element of SVG. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }

  element.append(...children);
  return element;
}

/** Says something in words; kind is "good", "bad", "wait" or nothing. No text hides it. */
export function say(element, text, kind = "") {
  element.textContent = text;
  element.dataset.kind = kind;
  element.hidden = !text;
}

/**
 * Shows items as children of a list. An item that did not change keeps its element, and with it the focus and what is typed there.
 * Where the focused element goes away, the focus goes to `fallback`.
 */
export function renderList(list, items, keyOf, build, fallback) {
  const known = new Map([...list.children].map(child => [child.dataset.key, child]));
  const focused = list.contains(document.activeElement);
  const wanted = items.map(item => {
    const key = keyOf(item);
    const print = JSON.stringify(item);
    const old = known.get(key);
    if (old?.print === print) {
      return old;
    }

    const element = build(item);
    element.dataset.key = key;
    element.print = print;
    return element;
  });
  for (const child of [...list.children]) {
    if (!wanted.includes(child)) {
      child.remove();
    }
  }

  wanted.forEach((element, at) => {
    if (list.children[at] !== element) {
      list.insertBefore(element, list.children[at] ?? null);
    }
  });
  if (focused && !list.contains(document.activeElement)) {
    fallback?.focus();
  }
}

/** Runs what a button does, once at a time. */
export async function busy(button, action) {
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }

  // Not `disabled`: a disabled button loses the focus.
  button.setAttribute("aria-disabled", "true");
  try {
    await action();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** A time as people read it: the hour today, else the day too. */
export function when(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) {
    return "";
  }

  const today = time.toDateString() === new Date().toDateString();
  return time.toLocaleString("en-GB", today
    ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
}
