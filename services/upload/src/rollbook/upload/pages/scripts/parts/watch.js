/** An upload's state as it moves: server-sent events, and asking again and again where they do not come through. */

import { ask, get, Unreachable } from "../api.js";

const BUSY = new Set(["validating", "processing"]);
const POLL_MS = 2_000;
const LONGEST_MS = 15_000;

/**
 * Call `onState` for each state until the upload waits for a person or is at its end, and `onConnection(false)`
 * while nothing can be heard.
 * @param {string} id
 * @param {(upload: object) => void} onState
 * @param {(connected: boolean) => void} onConnection
 * @param {AbortSignal} signal
 */
export async function watch(id, onState, onConnection, signal) {
  let seen = "";
  let failures = 0;
  let upload;
  for (;;) {
    try {
      upload = await get(`/uploads/${id}`, undefined, signal);
      onConnection(true);
      failures = 0;
      onState(upload);
      if (!BUSY.has(upload.status)) return upload;
      for await (const event of events(id, seen, signal)) {
        seen = event.id;
        upload = event.state;
        onState(upload);
      }
      if (!BUSY.has(upload.status)) return upload;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      if (error.status && error.status < 500) throw error;
      failures++;
      onConnection(!(error instanceof Unreachable));
    }
    await pause(Math.min(POLL_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS), signal);
  }
}

/** EventSource cannot send a token, so the stream is read here. */
async function* events(id, lastId, signal) {
  const headers = { Accept: "text/event-stream", ...(lastId ? { "Last-Event-ID": lastId } : {}) };
  const answer = await ask(`/uploads/${id}/events`, { headers, signal });
  if (!answer.body) return;
  let text = "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const lines = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
        if (lines.data) yield { id: lines.id ?? "", state: JSON.parse(lines.data) };
      }
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  } finally {
    reader.cancel().catch(() => {}); // it may have broken off already
  }
}

/** Wait, but not for a connection that is back already. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (act) => () => {
      clearTimeout(timer);
      removeEventListener("online", back);
      signal.removeEventListener("abort", left);
      act();
    };
    const back = end(resolve);
    const left = end(() => reject(new DOMException("", "AbortError")));
    const timer = setTimeout(back, milliseconds);
    addEventListener("online", back);
    signal.addEventListener("abort", left);
  });
}
