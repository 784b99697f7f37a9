/** An upload at its end: its report, what failed, downloads, and undo. */

import { download } from "../../api.js";
import { confirm } from "../../parts/confirm.js";
import { Figures } from "../../parts/figures.js";
import { Findings } from "../../parts/findings.js";
import { has, size, t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

const COMPLETED = new Set(["completed", "completed_with_errors"]);

export class Done {
  /** @param {object | null} report null where there is none */
  constructor(upload, report) {
    Object.assign(this, { upload, report, figures: new Figures(() => upload.draw()) });
    this.findings = new Findings(upload.id, report?.findings ?? [], () => upload.draw(), upload.page.signal);
  }

  view(busy) {
    const { upload, report } = this;
    const status = upload.upload.status;
    const isDone = COMPLETED.has(status) || status === "undone";
    const errors = (report?.errors ?? 0) + (report?.followUpErrors ?? 0);
    return html`
      <p class="note ${status === "completed" ? "good" : status === "failed" ? "problem" : "warning"}">${told(upload.upload)}</p>
      ${report?.followUpErrors ? html`<p class="note problem">${t("done.follow_up", { count: report.followUpErrors })}</p>` : nothing}
      ${report?.summary.length
        ? html`<div class="card">
            <h2>${t(isDone ? "done.figures" : "preview.title")}</h2>
            ${this.figures.view(report.summary, isDone ? "report" : "preview")}
          </div>`
        : nothing}
      ${errors ? html`<div class="card"><h2>${t("correct.causes", { count: errors })}</h2>${this.findings.view("error")}</div>` : nothing}
      ${report?.warnings ? html`<div class="card"><h2>${t("findings.warnings", { count: report.warnings })}</h2>${this.findings.view("warning")}</div>` : nothing}
      ${report ? this.#downloads() : nothing}
      ${upload.mayChange && COMPLETED.has(status) ? this.#undo(busy) : nothing}
      <div class="buttons"><a class="button" href="/">${t("done.next")}</a><a class="button" href="/students">${t("done.roster")}</a></div>`;
  }

  #downloads() {
    const { upload, report } = this;
    const page = `/reports/${upload.id}/report.html`;
    return html`<div class="card">
      <h2>${t("done.downloads")}</h2>
      <ul class="plain lines">
        ${report.files.map((file) => html`<li><button type="button" class="link" @click=${() => download(file.href, {}, file.name)}>${t(`file.${file.name}`)}</button>
          <span class="quiet small">${size(file.sizeBytes)}</span></li>`)}
        <li><button type="button" class="link" @click=${() => download(page, {}, "report.html")}>${t("file.report.html")}</button></li>
        ${upload.upload.links.changes && report.summary.length
          ? html`<li><button type="button" class="link" @click=${() => download(upload.upload.links.changes, {}, "changes.csv")}>${t("file.changes.csv")}</button></li>`
          : nothing}
      </ul>
      <p class="small"><a href="/history/${upload.id}">${t("done.chain")}</a></p>
    </div>`;
  }

  #undo(busy) {
    const texts = { title: t("undo.title"), text: t("undo.text"), yes: t("undo.yes"), no: t("undo.no") };
    const ask = async () => {
      if (await confirm(texts, this.upload.page.signal)) this.upload.act("undo");
    };
    return html`<div class="card">
      <h2>${t("undo.title")}</h2>
      <p>${t("undo.lead")}</p>
      <button type="button" ?disabled=${busy} @click=${ask}>${t("undo.yes")}</button>
    </div>`;
  }
}

function told({ status, kind }) {
  return t(has(`done.${status}.${kind}`) ? `done.${status}.${kind}` : `done.${status}`);
}
