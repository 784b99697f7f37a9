/**
 * The end of a session.  Nobody is sent away from what they have typed: the page says that it is time to sign in again
 * in another tab, calls wait meanwhile, and all goes on once the same person is back.
 */

import { onExpiry, session, signIn, signInElsewhere } from "./sign_in.js";
import { clock, t } from "./texts.js";
import { html, nothing, render } from "./vendor/lit-html/lit-html.js";

const EARLY_MS = 2 * 60_000;

let owner = null;
let mayLeave = false;
let watched = []; // what stops each of the two looks at the time
let offered = null; // where another tab signs in: asked for once, however many calls wait
let back = Promise.withResolvers();

/**
 * Tell of the session's end when it comes.
 * @param {{isNew: boolean}} state of the sign-in: a page whose new token is refused must not send people round in circles
 */
export function watchSession({ isNew }) {
  for (const stop of watched) stop();
  owner = session();
  mayLeave = !isNew;
  watched = [onExpiry(tell, EARLY_MS), onExpiry(tell)];
}

/**
 * The session, when there is one: a call that comes after its end waits for the person to sign in again.
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./sign_in.js").Session>}
 */
export async function signedIn(signal) {
  const now = session();
  if (now) return now;
  if (!document.querySelector("main > div") && mayLeave) signIn().catch(tellFailure); // nothing is here to be lost
  else tell();
  const left = Promise.withResolvers();
  signal?.addEventListener("abort", () => left.reject(new DOMException("", "AbortError")), { once: true });
  return Promise.race([back.promise, left.promise]);
}

/** Say it, with a way to sign in again; and once more where what was said to be near has come. */
async function tell() {
  offered ??= signInElsewhere(owner).then(({ address, done }) => {
    done.then(goOn, tellFailure);
    return address;
  });
  try {
    const address = await offered;
    const now = session();
    show(now ? t("session.ending", { time: clock(now.expiresAt) }) : t("session.over"), link(address));
  } catch (error) {
    tellFailure(error);
  }
}

function goOn() {
  offered = null;
  const hadFocus = place().contains(document.activeElement);
  render(nothing, place());
  if (hadFocus) document.getElementById("main").focus();
  document.getElementById("said").textContent = t("session.back");
  watchSession({ isNew: true });
  back.resolve(session());
  back = Promise.withResolvers();
}

function tellFailure(error) {
  offered = null;
  const why = error.code === "another_person"
    ? t("session.another", { other: error.message, name: owner.name })
    : t(`problem.sign_in.${error.code}`, { detail: error.message });
  show(why, html`<button type="button" @click=${tell}>${t("app.try_again")}</button>`);
}

function show(text, way) {
  render(html`<div class="note warning"><p><strong>${text}</strong> ${t("session.stays")}</p><p>${way}</p></div>`, place());
}

function link(address) {
  return html`<a class="button" href=${address} target="_blank" rel="noopener">${t("session.sign_in")}</a>`;
}

function place() {
  return document.getElementById("session");
}
