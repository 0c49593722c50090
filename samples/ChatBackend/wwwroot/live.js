import { errorOf, send } from "./api.js";
import { keyChanges } from "./key.js";
import { readEvents } from "./sse.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
// The server says something each second; after this time without a word the connection is dead.
const SILENCE = 15000;
// A browser opens few connections to one server, so tabs in the background give theirs back after a while.
const HIDDEN = 60000;

/** Follows the server's events for as long as the page is open. `on` has an `open`, a `lost` and one function for each event. */
export async function follow(on) {
  let pause = FIRST_PAUSE;
  for (;;) {
    await untilVisible();
    try {
      await connectOnce(on, () => pause = FIRST_PAUSE);
    } catch (error) {
      // Given up by ourselves, for another key or as nobody looks: there is nothing to wait for.
      if (error.name === "AbortError") {
        continue;
      }

      on.lost(error);
      // Without a key, only a key helps; asking again and again does not.
      await sleep(error.status === 401 ? null : pause * (0.8 + 0.4 * Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

async function connectOnce(on, connected) {
  const abort = new AbortController();
  const stop = () => abort.abort();
  const watch = watchdog(stop);
  keyChanges.addEventListener("change", stop, { once: true });
  try {
    // Asks for a key by itself; the time that takes is nobody's silence.
    const response = await send("api/events", { signal: abort.signal });
    if (!response.ok) {
      throw await errorOf(response);
    }

    watch.heard();
    on.open();
    for await (const { event, data } of readEvents(response)) {
      watch.heard();
      connected();
      on[event]?.(JSON.parse(data));
    }

    throw new Error("The server closed the connection.");
  } catch (error) {
    throw watch.silent ? new Error("The server is silent.") : error;
  } finally {
    watch.end();
    keyChanges.removeEventListener("change", stop);
  }
}

function watchdog(stop) {
  const watch = { silent: false };
  let silence = 0;
  let hidden = 0;
  const look = () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(stop, HIDDEN);
    }
  };
  watch.heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      watch.silent = true;
      stop();
    }, SILENCE);
  };
  watch.end = () => {
    clearTimeout(silence);
    clearTimeout(hidden);
    document.removeEventListener("visibilitychange", look);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return watch;
}

function untilVisible() {
  return new Promise(resolve => {
    const look = () => {
      if (!document.hidden) {
        document.removeEventListener("visibilitychange", look);
        resolve();
      }
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}

/** Waits; less where the network comes back or there is another key. Null: until there is another key. */
function sleep(time) {
  return new Promise(resolve => {
    const over = () => {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      keyChanges.removeEventListener("change", over);
      resolve();
    };
    const timer = time === null ? 0 : setTimeout(over, time);
    if (time !== null) {
      window.addEventListener("online", over);
    }

    keyChanges.addEventListener("change", over);
  });
}
