/** The public API, called with the token of whoever is signed in. */

import { signedIn } from "./session_end.js";
import { endSession } from "./sign_in.js";
import { t } from "./texts.js";

export const API = "/api/v1";
const OF_GATEWAYS = new Set([502, 503, 504]); // that cannot reach a server; what a server says itself has a code of its own
const STALLED_MS = 60_000; // nothing of a file has gone out: some lines are lost without a word
const UNANSWERED_MS = 330_000; // after its last byte: longer than a gateway waits for the server
const LANGUAGE = document.documentElement.lang; // the page's, which may be another than the browser's

/** An answer that is an error, RFC 9457: `status`, the stable `code`, `message` (its detail), and all its members. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || t("problem.unknown", { status }));
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
  }
}

/** No answer came of the server that was asked: of none at all, or (`isAway`) of a gateway in front of it. */
export class Unreachable extends Error {
  constructor({ isAway = false } = {}) {
    super(t(isAway ? "problem.away" : "problem.unreachable"));
    this.code = "unreachable";
    this.isAway = isAway;
  }
}

/**
 * Ask the API.  Where the session is over it waits until the person is back, and where the server says so, asks again.
 * @param {string} path below /api/v1, or whole as the API's own links are
 * @param {{method?: string, query?: object, json?: unknown, headers?: object, signal?: AbortSignal, withinMs?: number}} [options]
 *   `withinMs`: where the answer takes longer, the server is taken for unreachable
 * @returns {Promise<Response>} one that is no error
 * @throws {Problem | Unreachable | DOMException} the last where `signal` was aborted
 */
export async function ask(path, { method = "GET", query, json, headers = {}, signal, withinMs } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const once = async () => {
    const { token } = await signedIn(signal);
    const answer = await answered(address(path, query), {
      method,
      body,
      signal: withinMs ? AbortSignal.any([AbortSignal.timeout(withinMs), ...(signal ? [signal] : [])]) : signal,
      headers: { Authorization: `Bearer ${token}`, "Accept-Language": LANGUAGE, ...type, ...headers },
    });
    if (answer.status === 401) endSession(token);
    return answer;
  };
  let answer = await once();
  if (answer.status === 401) answer = await once();
  if (answer.ok) return answer;
  throw failure(answer.status, await answer.text());
}

/** What an answer that is an error is thrown as. */
function failure(status, text) {
  const body = parsed(text);
  const isOfGateway = OF_GATEWAYS.has(status) && ["service_unavailable", undefined].includes(body.code);
  return isOfGateway ? new Unreachable({ isAway: true }) : new Problem(status, body);
}

async function answered(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  }
}

/** The JSON of an answer. */
export async function get(path, query, signal, options = {}) {
  return (await ask(path, { query, signal, ...options })).json();
}

/** The same, or null where nothing is there. */
export async function getIfThere(path, signal) {
  try {
    return await get(path, undefined, signal);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** The JSON that a change is answered with; null where nothing is. */
export async function send(method, path, json, signal) {
  const answer = await ask(path, { method, json, signal });
  return answer.status === 204 ? null : answer.json();
}

/** Fetch a file and hand it to the browser's downloads; `json`: where the question is too long for an address. */
export async function download(path, query, name, json) {
  const answer = await ask(path, { query, json, method: json ? "POST" : "GET" });
  const given = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name ?? given?.[1] ?? path.split("/").pop();
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Send a file, telling how far it is.
 * @param {File} file
 * @param {{kind: string, key: string, signal: AbortSignal, onProgress: (sent: number) => void}} options
 *   `key` makes a second try of the same file harmless
 * @returns {Promise<object>} the upload
 * @throws {Problem | Unreachable | DOMException} Problem with status 401 where it must be sent again, by who is back
 */
export async function sendFile(file, { kind, key, signal, onProgress }) {
  const { token } = await signedIn(signal);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing while it sends
    request.open("POST", address("/uploads", { kind, filename: file.name }));
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", LANGUAGE);
    request.setRequestHeader("Content-Type", "text/csv");
    request.setRequestHeader("Idempotency-Key", key);
    request.responseType = "text";
    let timer;
    const expectWithin = (milliseconds) => {
      clearTimeout(timer);
      timer = setTimeout(() => { reject(new Unreachable()); request.abort(); }, milliseconds);
    };
    request.upload.onprogress = (event) => { expectWithin(STALLED_MS); onProgress(event.loaded); };
    request.upload.onload = () => expectWithin(UNANSWERED_MS);
    request.onloadend = () => clearTimeout(timer);
    request.onerror = () => reject(new Unreachable());
    request.onabort = () => reject(new DOMException("", "AbortError"));
    request.onload = () => {
      if (request.status === 401) endSession(token);
      if (request.status < 300) resolve(parsed(request.responseText));
      else reject(failure(request.status, request.responseText));
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    expectWithin(STALLED_MS);
    request.send(file);
  });
}

function address(path, query = {}) {
  const whole = path.startsWith(API) ? path : API + path;
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const pairs = wanted.flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return pairs.length ? `${whole}?${new URLSearchParams(pairs)}` : whole;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
