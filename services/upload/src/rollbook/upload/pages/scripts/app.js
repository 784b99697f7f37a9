/** The start: who is signed in, which page is asked for, and moving from one to another without a reload. */

import { Unreachable } from "./api.js";
import { focusHeading, keepingFocus } from "./focus.js";
import { homeOf, mine, placeOf } from "./places.js";
import { confirm } from "./parts/confirm.js";
import { forgetAllBut } from "./parts/kept.js";
import { problemNote } from "./parts/problem.js";
import { watchSession } from "./session_end.js";
import { completeSignIn, session, signIn, signOut } from "./sign_in.js";
import { has, t } from "./texts.js";
import { html, nothing, render } from "./vendor/lit-html/lit-html.js";

const main = document.getElementById("main");
const notice = document.getElementById("notice");
const said = document.getElementById("said");
let leaving = new AbortController();
let unsent = () => null; // what would be lost if the page were left now
let asking = null;
let shownAt = "";

/**
 * What a page gets: `params` of its path, `query`, `signal` that is aborted when it is left; `title(text)`,
 * `show(template)` draws it, again and again, `say(text)` is for screen readers, `go(path)` opens another page,
 * `put(query)` changes the query string of the address and nothing else; `guard(unsent)`: before the page is left,
 * people are asked where `unsent()` says what would be lost.
 */
async function open(path, { first = false } = {}) {
  leaving.abort();
  leaving = new AbortController();
  unsent = () => null;
  render(nothing, notice);
  const { signal } = leaving;
  const url = new URL(path, location.origin);
  const who = session();
  if (!who) return leaveToSignIn(path);
  if (url.pathname === "/") url.pathname = homeOf(who);
  if (url.pathname !== location.pathname) history.replaceState(null, "", url);
  shownAt = location.href;
  const place = placeOf(url.pathname);
  drawFrame(url.pathname);
  let drawn = false;
  const page = {
    params: place?.params ?? {},
    query: Object.fromEntries(url.searchParams),
    signal,
    who,
    go,
    title: entitle,
    say: (text) => (said.textContent = text),
    put: (query) => {
      history.replaceState(null, "", withQuery(url.pathname, query));
      shownAt = location.href;
    },
    guard: (guarded) => (unsent = guarded),
    show: (template) => {
      if (signal.aborted) return;
      if (!drawn) main.replaceChildren(fresh());
      keepingFocus(main.firstElementChild, () => render(template, main.firstElementChild));
      if (!drawn && !first) focusHeading(main);
      drawn = true;
    },
  };
  if (!first) scrollTo(0, 0);
  try {
    if (!place) throw Object.assign(new Error(t("problem.no_page")), { status: 404 });
    await (await scriptOf(place)).open(page);
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    if (error.status === undefined && error.code === undefined) console.error(error);
    page.title(t("problem.title"));
    const again = () => (error.isOfScript ? location.reload() : open(path));
    page.show(html`<h1>${t("problem.title")}</h1>${problemNote(error, place ? again : undefined)}`);
  }
}

/** Where it cannot be had there is no connection, or a newer version: a reload brings that. */
async function scriptOf(place) {
  try {
    return await place.load();
  } catch {
    throw Object.assign(new Unreachable(), { isOfScript: true });
  }
}

function go(path) {
  history.pushState(null, "", path);
  return open(path);
}

/** Whether nothing would be lost, or is meant to be. */
async function mayLeave() {
  const lost = unsent();
  if (!lost) return true;
  const texts = { title: t("leave.title"), text: lost, yes: t("leave.yes"), no: t("leave.no") };
  asking ??= confirm({ ...texts, isLoss: true }, leaving.signal).finally(() => (asking = null));
  return asking;
}

async function goIfMeant(path, { isHere }) {
  if (await mayLeave()) await (isHere ? open : go)(path);
}

/** "Back" has changed the address already. */
async function goBackIfMeant() {
  const path = location.pathname + location.search;
  if (await mayLeave()) await open(path);
  else history.pushState(null, "", shownAt);
}

async function signOutIfMeant() {
  if (!(await mayLeave())) return;
  leaving.abort();
  unsent = () => null;
  await signOut();
}

/** A page of its own for each visit, so that nothing of the one before is left in it. */
function fresh() {
  return document.createElement("div");
}

function withQuery(path, query) {
  const pairs = Object.entries(query).filter(([, value]) => value);
  return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

function drawFrame(path) {
  const who = session();
  const isHere = (one) => path === one.path || (one.path !== "/" && path.startsWith(one.path.replace("/users", "")))
    || (one.path === "/" && path.startsWith("/uploads/"));
  render(
    html`<ul>
      ${(who ? mine(who) : []).map((one) => html`<li><a href=${one.path} aria-current=${isHere(one) ? "page" : "false"}>${t(one.text)}</a></li>`)}
    </ul>`,
    document.getElementById("nav"),
  );
  document.querySelector("#nav [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  render(
    who
      ? html`<span class="person">${who.name}<small>${roleNames(who.roles)}</small></span>
          <button type="button" class="link" @click=${signOutIfMeant}>${t("app.sign_out")}</button>`
      : html``,
    document.getElementById("who"),
  );
}

function roleNames(roles) {
  return roles.filter((role) => has(`role.${role}`)).map((role) => t(`role.${role}`)).join(", ");
}

function followLinks(event) {
  const link = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
  if (link.origin === location.origin && link.hash) {
    event.preventDefault(); // followed, it would be another place in the history, and the page would begin anew
    document.querySelector(link.hash)?.focus();
    return;
  }
  if (link.origin !== location.origin || link.pathname.startsWith("/api/")) return;
  event.preventDefault();
  goIfMeant(link.pathname + link.search, { isHere: link.href === location.href });
}

function chooseLanguage(event) {
  const chosen = event.target.closest?.("[data-language]");
  if (!chosen) return;
  document.cookie = `rollbook-language=${chosen.dataset.language}; path=/; max-age=31536000; SameSite=Lax`;
  location.reload();
}

/** What somebody asked for failed, and the page itself does not say so: a download without a connection. */
function tellFailure(event) {
  const error = event.reason;
  if (error?.status === undefined && error?.code === undefined) return; // one of ours, for the console
  event.preventDefault();
  if (error.name !== "AbortError") render(problemNote(error), notice);
}

/** A file that misses the drop zone is not opened in place of the page. */
function refuseFile(event) {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

async function start() {
  addEventListener("unhandledrejection", tellFailure);
  addEventListener("dragover", refuseFile);
  addEventListener("drop", refuseFile);
  document.addEventListener("click", followLinks);
  document.addEventListener("click", chooseLanguage);
  // "Back" at the provider: the browser may show the page just as it was left.
  addEventListener("pageshow", ({ persisted }) => persisted && !session() && showSignedOut({ code: "denied" }));
  addEventListener("popstate", goBackIfMeant);
  addEventListener("beforeunload", (event) => unsent() && event.preventDefault());
  let isNew = false;
  if (location.pathname === "/sign-in/callback") {
    try {
      const path = await completeSignIn();
      if (path === null) return showHandedOver();
      isNew = true;
      history.replaceState(null, "", path);
    } catch (error) {
      history.replaceState(null, "", "/");
      if (!session()) return showSignedOut(error); // else an old answer was opened again
    }
  }
  if (!session()) return leaveToSignIn();
  forgetAllBut(session());
  watchSession({ isNew });
  return open(location.pathname + location.search, { first: true });
}

/** @param {string} [path] to come back to; without it, where we are */
function leaveToSignIn(path) {
  return signIn(path).catch(showSignedOut);
}

/** In the tab that somebody has signed in in for another one. */
function showHandedOver() {
  history.replaceState(null, "", "/sign-in/callback"); // the code is of no more use
  showAlone(t("session.elsewhere.title"), html`<p>${t("session.elsewhere")}</p>`);
}

function showSignedOut(error) {
  const note = new Error(t(`problem.sign_in.${error.code}`, { detail: error.message }));
  note.code = error.code;
  showAlone(t("problem.sign_in"), problemNote(note, () => leaveToSignIn()));
}

/** Where nobody is signed in, no page is open. */
function showAlone(title, content) {
  entitle(title);
  main.replaceChildren(fresh());
  render(html`<h1>${title}</h1>${content}`, main.firstElementChild);
}

function entitle(text) {
  document.title = `${text} – ${t("app.name")}`;
}

start();
