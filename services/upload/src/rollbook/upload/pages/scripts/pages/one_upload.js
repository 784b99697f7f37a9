/** One upload, from the first row that is checked to its report: each state has a view of its own. */

import { download, get, getIfThere, send } from "../api.js";
import { problemNote } from "../parts/problem.js";
import { statusMark } from "../parts/status.js";
import { watch } from "../parts/watch.js";
import { mayChange } from "../sign_in.js";
import { called, moment, named, size, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { forgetApproval } from "./upload/approval.js";
import { checking } from "./upload/checking.js";
import { Correcting } from "./upload/correcting.js";
import { Deciding } from "./upload/deciding.js";
import { Done } from "./upload/done.js";
import { refused } from "./upload/refused.js";

const BUSY = new Set(["validating", "processing"]);
const CORRECTING = new Set(["needs_correction"]);
const DECIDING = new Set(["ready", "held"]);
const WITHOUT_REPORT = new Set(["refused", "failed", "cancelled"]);

export async function open(page) {
  const upload = new OneUpload(page);
  await upload.follow();
}

class OneUpload {
  constructor(page) {
    this.page = page;
    this.id = page.params.id;
    this.upload = null;
    this.missing = null;
    this.view = null;
    this.problem = null;
    this.busy = false;
    this.mayChange = mayChange(page.who);
  }

  /** Follow it until it waits for a person, then show what there is to decide or to read. */
  async follow() {
    const { signal } = this.page;
    let stage = "";
    const onState = (upload) => {
      this.upload = upload;
      this.page.title(called(upload));
      if (BUSY.has(upload.status)) {
        this.view = null;
        const now = t(`stage.${upload.progress.stage}`);
        if (now !== stage) this.page.say((stage = now));
        this.draw();
      }
    };
    const onConnection = (missing) => {
      if (this.missing === missing) return;
      this.missing = missing;
      if (this.upload) this.draw();
      else this.page.show(html`<h1>${t("nav.upload")}</h1>${missingNote(missing)}`);
    };
    await watch(this.id, onState, onConnection, signal);
    this.view = await this.#viewOf(this.upload);
    this.page.say(named("status", this.upload.status));
    this.draw();
  }

  /** Ask for a change of its state, then follow it. */
  async act(path, body) {
    Object.assign(this, { busy: true, problem: null });
    this.draw();
    try {
      const answer = await send("POST", `/uploads/${this.id}/${path}`, body ?? {}, this.page.signal);
      this.busy = false;
      forgetApproval(this.id);
      if (answer.undoneBy && path === "undo") return await this.page.go(`/uploads/${answer.undoneBy}`);
      await this.follow();
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      Object.assign(this, { busy: false, problem: error });
      if (error.status === 409) this.upload = await get(`/uploads/${this.id}`, undefined, this.page.signal);
      this.draw();
    }
    return undefined;
  }

  draw() {
    const { upload } = this;
    this.page.show(html`
      <p class="small"><a href="/">${t("nav.upload")}</a></p>
      <h1>${called(upload)}</h1>
      <p>${statusMark(upload.status)} <span class="quiet">${t("upload.by", { who: upload.uploadedBy.name, when: moment(upload.uploadedAt) })}</span></p>
      ${missingNote(this.missing)}
      ${upload.reason && !upload.heldReasons.length ? html`<p class="note">${upload.reason}</p>` : nothing}
      ${this.problem ? problemNote(this.problem) : nothing}
      ${BUSY.has(upload.status) ? checking(upload) : (this.view?.view(this.busy) ?? nothing)}
      ${facts(upload)}
    `);
  }

  async #viewOf(upload) {
    const { signal } = this.page;
    if (upload.status === "refused") return { view: () => refused(upload) };
    const report = WITHOUT_REPORT.has(upload.status)
      ? await getIfThere(`/reports/${this.id}`, signal) // a file that was cancelled early has none
      : await get(`/reports/${this.id}`, undefined, signal);
    if (CORRECTING.has(upload.status) || DECIDING.has(upload.status)) {
      const preview = await get(`/uploads/${this.id}/preview`, undefined, signal);
      const Kind = CORRECTING.has(upload.status) ? Correcting : Deciding;
      return new Kind(this, report, preview);
    }
    return new Done(this, report);
  }
}

function missingNote(missing) {
  return missing ? html`<p class="note warning" role="alert">${t(`watch.${missing}`)}</p>` : nothing;
}

function facts(upload) {
  return html`<details class="small"><summary>${t("facts.title")}</summary>
    <dl class="facts">
      <dt>${t("facts.kind")}</dt><dd>${named("kind", upload.kind)}</dd>
      ${upload.progress.rows ? html`<dt>${t("facts.rows")}</dt><dd>${t("rows", { count: upload.progress.rows })}</dd>` : nothing}
      ${upload.sizeBytes ? html`<dt>${t("facts.size")}</dt><dd>${size(upload.sizeBytes)}</dd>` : nothing}
      ${upload.sha256 ? html`<dt>SHA-256</dt><dd><code>${upload.sha256}</code></dd>` : nothing}
      ${upload.approval ? html`<dt>${t("facts.approval")}</dt><dd>${upload.approval.by?.name ?? ""}: ${upload.approval.reason}</dd>` : nothing}
      ${upload.undoes ? html`<dt>${t("facts.undoes")}</dt><dd><a href="/uploads/${upload.undoes}">${upload.undoes}</a></dd>` : nothing}
      ${upload.undoneBy ? html`<dt>${t("facts.undone_by")}</dt><dd><a href="/uploads/${upload.undoneBy}">${upload.undoneBy}</a></dd>` : nothing}
      <dt>${t("facts.id")}</dt><dd><code>${upload.id}</code></dd>
    </dl>
    ${upload.links.file && upload.status !== "refused"
      ? html`<p><button type="button" @click=${() => download(upload.links.file, {}, upload.filename)}>${t("facts.file")}</button></p>`
      : nothing}
  </details>`;
}
