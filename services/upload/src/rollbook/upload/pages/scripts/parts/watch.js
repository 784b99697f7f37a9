/** An upload's state as it moves: server-sent events, and asking again and again where they do not come through. */

import { ask, get, Unreachable } from "../api.js";

const BUSY = new Set(["validating", "processing"]);
const POLL_MS = 2_000;
const LONGEST_MS = 15_000;
const SILENCE_MS = 15_000; // the server says every 5 seconds that it is still here

/**
 * Call `onState` for each state until the upload waits for a person or is at its end, and `onConnection` with what
 * keeps it from being heard: "lost" the connection, "away" the server, null once it is heard again.
 * @param {string} id
 * @param {(upload: object) => void} onState
 * @param {(missing: "lost" | "away" | null) => void} onConnection
 * @param {AbortSignal} signal
 */
export async function watch(id, onState, onConnection, signal) {
  let upload;
  let seen = "";
  let failures = 0;
  let streams = true;
  const onEvent = (event) => {
    seen = event.id;
    upload = event.state;
    onState(upload);
  };
  for (;;) {
    try {
      upload = await get(`/uploads/${id}`, undefined, signal);
      onConnection(null);
      failures = 0;
      onState(upload);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      if (error.status && error.status < 500) throw error;
      failures++;
      onConnection(error instanceof Unreachable && !error.isAway ? "lost" : "away");
    }
    if (!failures && BUSY.has(upload.status) && streams) streams = await listen(id, seen, onEvent, signal);
    if (!failures && !BUSY.has(upload.status)) return upload;
    await pause(Math.min(POLL_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS), signal);
  }
}

/**
 * Read one stream of events to its end, or until it breaks off or falls silent.  (EventSource sends no token.)
 * @returns {Promise<boolean>} whether anything came through: something on the way may hold streams back
 */
async function listen(id, lastId, onEvent, signal) {
  const silence = new AbortController();
  let timer;
  let text = "";
  let heard = false;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    wait();
    const headers = { Accept: "text/event-stream", ...(lastId ? { "Last-Event-ID": lastId } : {}) };
    const answer = await ask(`/uploads/${id}/events`, { headers, signal: AbortSignal.any([signal, silence.signal]) });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) return true;
      wait();
      heard = true;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      blocks.map(eventOf).filter(Boolean).forEach(onEvent);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return heard;
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function eventOf(block) {
  const lines = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  return lines.data ? { id: lines.id ?? "", state: JSON.parse(lines.data) } : null;
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
