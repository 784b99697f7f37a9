/** A file with errors: findings by cause, the file with its bad cells, mending on the spot, or leaving rows out. */

import { download } from "../../api.js";
import { Beginning } from "../../parts/beginning.js";
import { Figures } from "../../parts/figures.js";
import { Findings, sincePrevious } from "../../parts/findings.js";
import { Mending } from "../../parts/mending.js";
import { t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { approval, approvalOf, newIds } from "./approval.js";

export class Correcting {
  constructor(upload, report, preview) {
    Object.assign(this, { upload, report, preview });
    const draw = () => upload.draw();
    const { signal } = upload.page;
    this.findings = new Findings(upload.id, report.findings, draw, signal);
    this.beginning = new Beginning(upload.id, draw, signal);
    this.mending = new Mending(upload, draw);
    this.figures = new Figures(draw);
  }

  view(busy) {
    const { upload, report } = this;
    const { errors, warnings } = upload.upload.findings;
    const rejected = (upload.upload.progress.rows ?? 0) - (upload.upload.acceptedRows ?? 0);
    return html`
      <p class="note problem"><strong>${t("correct.lead", { count: errors })}</strong> ${t("correct.nothing_yet")}</p>
      ${sincePrevious(report.sincePrevious)}
      <div class="buttons">
        <button type="button" class="main" @click=${() => download(upload.upload.links.corrections, {}, named(upload, "corrections"))}>${t("correct.corrections")}</button>
        <button type="button" @click=${() => download(upload.upload.links.errors, {}, named(upload, "errors"))}>${t("correct.errors")}</button>
        <a class="button" href="/">${t("correct.again")}</a>
      </div>
      <p class="quiet small">${t("correct.corrections.how")}</p>
      <div class="card"><h2>${t("correct.causes", { count: errors })}</h2>${this.findings.view("error")}</div>
      ${warnings ? html`<div class="card"><h2>${t("findings.warnings", { count: warnings })}</h2>${this.findings.view("warning")}</div>` : nothing}
      ${upload.mayChange ? html`<div class="card">${this.mending.view()}</div>` : nothing}
      <div class="card">${this.beginning.view()}</div>
      <div class="card">
        <h2>${t("preview.title")}</h2>
        <p class="quiet">${t("correct.preview")}</p>
        ${this.figures.view(this.preview.counts, "preview")}
      </div>
      ${upload.mayChange ? this.#leaveOut(busy, rejected) : nothing}`;
  }

  #leaveOut(busy, rejected) {
    const { upload, preview } = this;
    const decide = (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      upload.act("process", { acceptedRowsOnly: true, ...approvalOf(form) });
    };
    return html`<div class="card">
      <h2>${t("correct.or")}</h2>
      ${upload.upload.acceptedRows
        ? html`<p>${t("correct.accepted_only", { count: upload.upload.acceptedRows, rejected })}</p>
            <form @submit=${decide}>
              ${newIds(preview.reIdentifications)}
              ${approval(upload)}
              <label class="plain"><input type="checkbox" required name="sure"> ${t("correct.sure", { count: rejected })}</label>
              <div class="buttons"><button ?disabled=${busy}>${t("correct.process_accepted", { count: upload.upload.acceptedRows })}</button></div>
            </form>`
        : html`<p>${t("correct.none_accepted")}</p>`}
      <p><button type="button" class="link" ?disabled=${busy} @click=${() => upload.act("cancel")}>${t("decide.cancel")}</button></p>
    </div>`;
  }
}

function named(upload, what) {
  const stem = (upload.upload.filename || "users").replace(/\.csv$/i, "");
  return `${stem}-${what}.csv`;
}
