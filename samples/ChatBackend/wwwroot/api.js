import { askForKey, currentKey } from "./key.js";

/** A call that failed, in words that can be shown. */
export class ApiError extends Error {
  constructor(status, message, body = null) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** Sends a request. Without a key, or with one that is not known, it asks for one and tries again. */
export async function send(path, { method = "GET", body, signal, ask = true } = {}) {
  for (;;) {
    const key = currentKey();
    const response = await fetch(path, {
      method,
      signal,
      cache: "no-store",
      headers: {
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch(error => {
      throw error.name === "AbortError" ? error : new ApiError(0, "The server cannot be reached.");
    });
    if (response.status !== 401) {
      return response;
    }

    // Another request may have got a new key in the meantime.
    if (currentKey() === key) {
      const message = key === null ? "This server answers only those who have a key." : "The server does not know this key.";
      if (!ask || !await askForKey(message)) {
        throw new ApiError(401, "A key is needed for that.");
      }
    }
  }
}

/** The JSON of an answer, whatever its status; null where it is none. */
export async function jsonOf(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/** What went wrong, of an answer that is an error. */
export async function errorOf(response) {
  const body = await jsonOf(response);
  const said = body?.error?.message ?? body?.reason ?? body?.detail ?? body?.title;
  let message = said ?? `The server answered with status ${response.status}.`;
  const after = Number(response.headers.get("Retry-After"));
  if (after > 0) {
    message += ` Try again in ${after} s.`;
  }

  return new ApiError(response.status, message, body);
}

/** Gets JSON. */
export async function get(path, options) {
  const response = await send(path, options);
  if (!response.ok) {
    throw await errorOf(response);
  }

  return await jsonOf(response);
}

/** Posts JSON. Where `accept` has the status, the answer is a result and no error. */
export async function post(path, body = {}, accept = []) {
  const response = await send(path, { method: "POST", body });
  if (!response.ok && !accept.includes(response.status)) {
    throw await errorOf(response);
  }

  return await jsonOf(response) ?? {};
}
