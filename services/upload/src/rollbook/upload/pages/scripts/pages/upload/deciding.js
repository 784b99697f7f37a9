/** A file without errors: what would change, the warnings, and Process file. */

import { download } from "../../api.js";
import { Changes } from "../../parts/changes.js";
import { Figures } from "../../parts/figures.js";
import { Findings, sincePrevious } from "../../parts/findings.js";
import { t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { approval, approvalOf, newIds } from "./approval.js";

export class Deciding {
  constructor(upload, report, preview) {
    Object.assign(this, { upload, report, preview });
    const draw = () => upload.draw();
    this.findings = new Findings(upload.id, report.findings, draw, upload.page.signal);
    this.changes = new Changes(upload.id, draw, upload.page.signal);
    this.figures = new Figures(draw);
  }

  view(busy) {
    const { upload, report, preview } = this;
    const { warnings } = upload.upload.findings;
    const held = upload.upload.heldReasons.length > 0;
    return html`
      <p class="note ${held ? "warning" : "good"}"><strong>${t(held ? "decide.held" : "decide.ready")}</strong> ${t("decide.nothing_yet")}</p>
      ${sincePrevious(report.sincePrevious)}
      <div class="card">
        <h2>${t("preview.title")}</h2>
        ${this.figures.view(preview.counts, "preview", (school) => this.changes.view(school))}
        <div class="buttons"><button type="button" @click=${() => download(upload.upload.links.changes, {}, "changes.csv")}>${t("decide.changes")}</button></div>
      </div>
      ${warnings ? html`<div class="card"><h2>${t("findings.warnings", { count: warnings })}</h2>${this.findings.view("warning")}</div>` : nothing}
      ${upload.mayChange ? this.#form(busy) : html`<p class="note">${t("decide.no_right")}</p>`}`;
  }

  #form(busy) {
    const { upload, preview } = this;
    const decide = (event) => {
      event.preventDefault();
      upload.act("process", approvalOf(new FormData(event.target)));
    };
    return html`<form class="card" @submit=${decide}>
      <h2>${t("decide.title")}</h2>
      ${newIds(preview.reIdentifications)}
      ${approval(upload)}
      <div class="buttons">
        <button class="main" ?disabled=${busy}>${t("decide.process")}</button>
        <button type="button" ?disabled=${busy} @click=${() => upload.act("cancel")}>${t("decide.cancel")}</button>
      </div>
      <p class="quiet small">${t("decide.undo_later")}</p>
    </form>`;
  }
}
