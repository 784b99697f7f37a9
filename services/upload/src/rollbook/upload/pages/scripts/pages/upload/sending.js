/** Sending a file: how far it is, what holds it up, and what became of one that a reload broke off. */

import { get, sendFile } from "../../api.js";
import { forget, keep, kept } from "../../parts/kept.js";
import { pause } from "../../parts/watch.js";
import { session } from "../../sign_in.js";
import { called, size, t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

const KEPT = "sending";
const WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const ASKING_MS = 20_000;

/** No file is taken while another `upload` of the district is worked on. */
class InProgress extends Error {
  constructor(upload) {
    super(t("upload.in_progress", { name: called(upload), who: upload.uploadedBy.name }));
    Object.assign(this, { code: "upload_in_progress", upload });
  }
}

/** One file on its way.  A lost connection, a server that is away and a session's end are waited for. */
export class Sending {
  constructor(page, file, kind, draw) {
    Object.assign(this, { page, file, kind, draw, sent: 0, heldUpBy: null });
    this.stopped = new AbortController();
    this.signal = AbortSignal.any([page.signal, this.stopped.signal]);
    this.now = Promise.withResolvers();
    const what = { name: file.name, size: file.size, changed: file.lastModified, kind };
    const { key, ...before } = kept(page.who, KEPT) ?? {};
    this.isAgain = Object.entries(what).every(([name, value]) => before[name] === value);
    this.key = this.isAgain ? key : newKey();
    keep(page.who, KEPT, { key: this.key, ...what });
  }

  /** Send it, and again only where the server says that it has not arrived; the key makes it one upload in any case. */
  async arrive() {
    try {
      return await this.#untilAnswered();
    } finally {
      forget(KEPT);
    }
  }

  stop() {
    this.stopped.abort();
  }

  view() {
    const { file, sent, heldUpBy } = this;
    const isAllSent = sent >= file.size && !heldUpBy;
    return html`<div class="card">
      <h3 id="sending">${t("upload.sending", { name: file.name })}</h3>
      <progress max=${file.size || 1} .value=${sent} aria-labelledby="sending"></progress>
      <p class="quiet">${isAllSent ? t("upload.all_sent", { all: size(file.size) }) : t("upload.sent", { sent: size(sent), all: size(file.size) })}</p>
      ${heldUpBy ? html`<p class="note warning" role="alert">${t(`upload.${heldUpBy}`)}</p>` : nothing}
      <div class="buttons">
        ${heldUpBy && heldUpBy !== "signed_out" ? html`<button type="button" @click=${() => this.now.resolve()}>${t("upload.now")}</button>` : nothing}
        <button type="button" @click=${() => this.stop()}>${t("app.cancel")}</button>
      </div>
    </div>`;
  }

  async #untilAnswered() {
    for (let wait = WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        if (!session()) this.#show("signed_out");
        return (this.isAgain ? await arrived(this.key, this.signal) : null) ?? (await this.#sendIfTaken());
      } catch (error) {
        if (error.code !== "unreachable" && error.status !== 401) throw error;
        await this.file.slice(0, 1).arrayBuffer().catch(() => { throw unreadable(this.file); });
        if (this.sent) wait = WAIT_MS;
        Object.assign(this, { isAgain: true, sent: 0, now: Promise.withResolvers() });
        this.#show(error.status === 401 ? "signed_out" : error.isAway ? "away" : "lost");
        if (error.status !== 401) await Promise.race([pause(wait, this.signal), this.now.promise]);
      }
    }
  }

  /** A browser listens to no answer before all of a file has gone out: whether it would be taken is asked first. */
  async #sendIfTaken() {
    const { uploadInProgress } = await get("/batch-upload", undefined, this.signal, { withinMs: ASKING_MS });
    if (uploadInProgress) throw new InProgress(uploadInProgress);
    return this.#send();
  }

  #send() {
    const onProgress = (sent) => {
      this.sent = sent;
      this.#show(null);
    };
    return sendFile(this.file, { kind: this.kind, key: this.key, signal: this.signal, onProgress });
  }

  #show(heldUpBy) {
    this.heldUpBy = heldUpBy;
    this.draw();
  }
}

/**
 * What became of the file that was being sent when this page was last left without an answer.
 * @returns {Promise<{name: string, upload: ?object} | null>} null where none was; `upload`: null where it has not arrived
 */
export async function leftBehind(page) {
  const left = kept(page.who, KEPT);
  if (!left) return null;
  const upload = await arrived(left.key, page.signal);
  if (upload) forget(KEPT); // else the same file, chosen again, is sent under the same key
  return { name: left.name, upload };
}

/** Whether it is there, or was broken off. */
export function leftBehindNote({ name, upload }) {
  return upload
    ? html`<p class="note good" role="status">${t("upload.has_arrived", { name })} <a href="/uploads/${upload.id}">${t("upload.see")}</a></p>`
    : html`<p class="note warning" role="status">${t("upload.broken_off", { name })}</p>`;
}

/** It was moved or changed since, or is a folder: no waiting for the connection helps. */
export function unreadable(file) {
  return { code: "unreadable", message: t("upload.unreadable", { name: file.name }) };
}

/** The upload that was made under a key, or null: a small question before a large file is sent into the dark. */
async function arrived(key, signal) {
  const { items } = await get("/uploads", { idempotencyKey: key }, signal, { withinMs: ASKING_MS });
  return items[0] ?? null;
}

function newKey() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
