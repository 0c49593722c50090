import { byId } from "./dom.js";

const NAME = "ibke-key";
let asking = null;

/** The key of this tab; null where there is none. */
export const currentKey = () => sessionStorage.getItem(NAME);

/** Told when the key changes. */
export const keyChanges = new EventTarget();

function store(key) {
  if (key === null) {
    sessionStorage.removeItem(NAME);
  } else {
    sessionStorage.setItem(NAME, key);
  }

  keyChanges.dispatchEvent(new Event("change"));
}

/** Asks for a key, once for all who ask at that time. True: there is one now. */
export function askForKey(message) {
  asking ??= show(message).finally(() => asking = null);
  return asking;
}

function show(message) {
  const dialog = byId("key-dialog");
  const input = byId("key");
  byId("key-message").textContent = message;
  byId("key-forget").hidden = currentKey() === null;
  input.value = "";
  return new Promise(resolve => {
    const over = new AbortController();
    const on = (element, event, action) => element.addEventListener(event, action, { signal: over.signal });
    on(byId("key-form"), "submit", () => {
      store(input.value.trim());
      resolve(true);
    });
    on(byId("key-forget"), "click", () => {
      store(null);
      dialog.close();
    });
    on(byId("key-cancel"), "click", () => dialog.close());
    on(dialog, "close", () => {
      over.abort();
      resolve(false);
    });
    dialog.showModal();
  });
}
