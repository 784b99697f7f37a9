/**
 * Signing in at any OpenID Connect provider: authorization code with PKCE, for a client without a secret.
 *
 * Of the provider's tokens only the access token is kept and sent: it must be a JWT with Rollbook's claims, which
 * the servers check. What is read from it here is for showing. Everything lies in sessionStorage, so it ends
 * with the tab.
 */

import { forgetAllBut } from "./parts/kept.js";

const TOKEN = "rollbook-token";
const UNTIL = "rollbook-token-until"; // milliseconds, by this machine's clock
const PENDING = "rollbook-sign-in";
const CALLBACK = "/sign-in/callback";
const ELSEWHERE = "rollbook-sign-in-elsewhere-"; // and its state: a sign-in that another tab does for one that waits
const FORGOTTEN_MS = 24 * 3_600_000;
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds; a longer one would fire at once

let leaving = null;

/**
 * @typedef {object} Session
 * @property {string} token - for the Authorization header
 * @property {string} sub
 * @property {string} name
 * @property {string} districtId - "" for somebody without one
 * @property {string[]} roles - of system, enrollment, auditor, support
 * @property {?string[]} schoolIds - null: all schools of the district
 * @property {Date} expiresAt
 */

/**
 * Why nobody is signed in. `code`: denied, state_mismatch, exchange_failed, provider_unreachable or insecure_page;
 * `message` is for whoever looks for the cause.
 */
export class SignInError extends Error {
  /** @param {string} code @param {string} message @param {unknown} [cause] */
  constructor(code, message, cause) {
    super(message, { cause });
    this.name = "SignInError";
    this.code = code;
  }
}

/** Who is signed in in this tab; null where nobody is (any more). @returns {?Session} */
export function session() {
  const token = sessionStorage.getItem(TOKEN);
  const claims = claimsOf(token);
  const until = claims && endOf(claims);
  if (!claims || until <= Date.now()) return null;
  return { token, ...personOf(claims), expiresAt: new Date(until) };
}

/** Whether somebody may upload, process and edit, the records of a school too: the API asks for both rights. */
export function mayChange(who, schoolId = null) {
  const theirs = schoolId === null || who.schoolIds === null || who.schoolIds.includes(schoolId);
  return theirs && ["system", "enrollment"].every((role) => who.roles.includes(role));
}

/**
 * Leave for the provider, to come back to CALLBACK and from there to a path of these pages. Once is enough: until
 * it is done, further calls do nothing.
 * @param {string} [returnTo] - the path, with its query; without it, where we are
 * @throws {SignInError} provider_unreachable, insecure_page
 */
export function signIn(returnTo = location.pathname + location.search + location.hash) {
  leaving ??= leave(returnTo).finally(() => (leaving = null));
  return leaving;
}

async function leave(returnTo) {
  const { address, ...secrets } = await begun();
  sessionStorage.setItem(PENDING, JSON.stringify({ ...secrets, returnTo: ownPath(returnTo) }));
  location.assign(address);
}

/** A sign-in that is begun: the secrets to complete it with, and its address at the provider. */
async function begun() {
  if (!globalThis.crypto?.subtle) {
    throw new SignInError("insecure_page", "Signing in needs https, or this machine's own address.");
  }
  const provider = await discovered();
  const [state, verifier] = [random(), random()];
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const address = withQuery(provider.authorization_endpoint, {
    response_type: "code",
    client_id: settings().clientId,
    redirect_uri: location.origin + CALLBACK,
    scope: settings().scope,
    state,
    code_challenge: base64url(new Uint8Array(challenge)),
    code_challenge_method: "S256",
  });
  return { state, verifier, address };
}

/**
 * At CALLBACK: take the provider's answer from the address, and be signed in.
 * @returns {Promise<?string>} the path to go back to; null where another tab waited for it and goes on with it
 * @throws {SignInError} denied, state_mismatch, exchange_failed, provider_unreachable
 */
export async function completeSignIn() {
  const answer = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem(PENDING));
  sessionStorage.removeItem(PENDING);
  if (!pending || pending.state !== answer.get("state")) {
    if (handedOver(answer)) return null;
    throw new SignInError("state_mismatch", "This answer belongs to no sign-in that was begun in this tab.");
  }
  keep(await tokensFor(answer, pending.verifier));
  return ownPath(pending.returnTo);
}

/**
 * Begin a sign-in that another tab does, while this one stays as it is.
 *
 * That tab hands on what the provider answered, through localStorage: a code that only the verifier makes worth
 * anything, and that stays here.
 * @param {Session} owner whose page this is: nobody else is signed in on it
 * @returns {Promise<{address: string, done: Promise<void>}>} where the other tab begins
 * @throws {SignInError} provider_unreachable, insecure_page; `done` also denied, exchange_failed, another_person
 */
export async function signInElsewhere(owner) {
  const { address, state, verifier } = await begun();
  forgetOld();
  localStorage.setItem(ELSEWHERE + state, String(Date.now()));
  const done = handed(ELSEWHERE + state).then(async (answer) => {
    const tokens = await tokensFor(answer, verifier);
    const person = personOf(claimsOf(tokens.access_token));
    if (person.sub !== owner.sub || person.districtId !== owner.districtId) {
      throw new SignInError("another_person", person.name);
    }
    keep(tokens);
  });
  return { address, done };
}

/** Give a tab that waits for it the provider's answer. */
function handedOver(answer) {
  const key = ELSEWHERE + answer.get("state");
  if (localStorage.getItem(key) === null) return false;
  localStorage.setItem(key, answer.toString());
  return true;
}

/** What another tab has handed over. */
function handed(key) {
  return new Promise((resolve) => {
    const look = () => {
      const answer = new URLSearchParams(localStorage.getItem(key) ?? "");
      if (!answer.has("state")) return;
      localStorage.removeItem(key);
      removeEventListener("storage", look);
      document.removeEventListener("visibilitychange", look);
      resolve(answer);
    };
    addEventListener("storage", look);
    document.addEventListener("visibilitychange", look); // a tab that was asleep heard nothing
  });
}

/** Of tabs that were closed while they waited. */
function forgetOld() {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(ELSEWHERE))) {
    if (!(Date.now() - Number(localStorage.getItem(key)) < FORGOTTEN_MS)) localStorage.removeItem(key);
  }
}

async function tokensFor(answer, verifier) {
  const error = answer.get("error");
  if (error) {
    const code = error === "access_denied" ? "denied" : "exchange_failed";
    throw new SignInError(code, answer.get("error_description") || error);
  }
  const tokens = await exchanged(answer.get("code") ?? "", verifier);
  if (!claimsOf(tokens.access_token)) {
    throw new SignInError("exchange_failed", "The provider's access token is not a JWT.");
  }
  return tokens;
}

function keep(tokens) {
  sessionStorage.setItem(TOKEN, tokens.access_token);
  sessionStorage.removeItem(UNTIL);
  // This machine's clock may be wrong, and `exp` is by the provider's.
  if (tokens.expires_in) sessionStorage.setItem(UNTIL, String(Date.now() + tokens.expires_in * 1000));
}

/** The servers do not take this token any more, whatever its time says. */
export function endSession(token) {
  if (sessionStorage.getItem(TOKEN) === token) sessionStorage.setItem(UNTIL, "0");
}

/** Forget who is signed in, here and, where it has an address for that, at the provider. */
export async function signOut() {
  for (const key of [TOKEN, UNTIL, PENDING]) sessionStorage.removeItem(key);
  forgetAllBut(null);
  const home = `${location.origin}/`;
  const provider = await discovered().catch(() => ({}));
  if (provider.end_session_endpoint) {
    location.assign(
      withQuery(provider.end_session_endpoint, { client_id: settings().clientId, post_logout_redirect_uri: home }),
    );
  } else {
    location.assign(home);
  }
}

/**
 * Hear once when the session of now is over by its time, or some time before; not after signOut.
 * @param {() => void} callback
 * @param {number} [early] milliseconds
 * @returns {() => void} stops listening
 */
export function onExpiry(callback, early = 0) {
  let timer;
  const look = () => {
    clearTimeout(timer);
    const claims = claimsOf(sessionStorage.getItem(TOKEN));
    if (!claims) return;
    const left = endOf(claims) - early - Date.now();
    if (left > 0) {
      timer = setTimeout(look, Math.min(left, LONGEST_TIMER));
    } else {
      stop();
      callback();
    }
  };
  const stop = () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
  // Timers stand still while a machine sleeps.
  document.addEventListener("visibilitychange", look);
  look();
  return stop;
}

/** @returns {{discovery: string, clientId: string, scope: string}} */
function settings() {
  return JSON.parse(document.querySelector('meta[name="rollbook-sign-in"]').content);
}

/** The provider's addresses, asked for at each use: they may have changed since. */
async function discovered() {
  const answer = await asked(new URL(settings().discovery, location.origin), {});
  const found = answer.ok ? await answer.json().catch(() => null) : null;
  if (!found || !isWeb(found.authorization_endpoint) || !isWeb(found.token_endpoint)) {
    throw new SignInError("provider_unreachable", "The identity provider does not say how to sign in.");
  }
  if (!isWeb(found.end_session_endpoint)) delete found.end_session_endpoint;
  return found;
}

async function exchanged(code, verifier) {
  const provider = await discovered();
  const answer = await asked(provider.token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: settings().clientId,
      redirect_uri: location.origin + CALLBACK,
      code,
      code_verifier: verifier,
    }),
  });
  const tokens = await answer.json().catch(() => ({}));
  if (!answer.ok || !tokens.access_token) {
    const why = tokens.error_description || tokens.error || `HTTP status ${answer.status}`;
    throw new SignInError("exchange_failed", why);
  }
  return tokens;
}

async function asked(address, options) {
  try {
    return await fetch(address, { ...options, credentials: "omit", cache: "no-store" });
  } catch (cause) {
    throw new SignInError("provider_unreachable", "The identity provider does not answer.", cause);
  }
}

/** What a JWT says, unchecked; null where it is none. */
function claimsOf(token) {
  try {
    const bytes = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0))));
  } catch {
    return null;
  }
}

/** Who a token's claims say it is, as in a Session. */
function personOf(claims) {
  return {
    sub: claims.sub,
    name: claims.name || claims.sub,
    districtId: claims.district_id ?? "",
    roles: claims.roles ?? [],
    schoolIds: claims.school_ids ?? null,
  };
}

/** When the session is over, in milliseconds. */
function endOf(claims) {
  return Number(sessionStorage.getItem(UNTIL) ?? claims.exp * 1000);
}

/** A path of these pages; "/" for whatever leads elsewhere, or back to CALLBACK. */
export function ownPath(path) {
  const url = URL.canParse(path, location.origin) ? new URL(path, location.origin) : null;
  // "//host" as a path of our own would be another host's address when it is followed.
  if (!url || url.origin !== location.origin || url.pathname.startsWith("//") || url.pathname === CALLBACK) {
    return "/";
  }
  return url.pathname + url.search + url.hash;
}

function withQuery(address, parameters) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

function isWeb(address) {
  return URL.canParse(address) && ["https:", "http:"].includes(new URL(address).protocol);
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
