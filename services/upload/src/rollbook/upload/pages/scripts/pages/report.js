/** One report of the history: who and when, figures, findings, hashes, and its place in the chain. */

import { download, get } from "../api.js";
import { Figures } from "../parts/figures.js";
import { Findings } from "../parts/findings.js";
import { Listing } from "../parts/listing.js";
import { statusMark } from "../parts/status.js";
import { day, moment, named, number, size, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

export async function open(page) {
  const report = await get(`/reports/${page.params.id}`, undefined, page.signal);
  const isAuditor = page.who.roles.includes("auditor");
  const isOwn = report.districtId === page.who.districtId;
  const draw = () => page.show(view());
  const figures = new Figures(draw);
  const findings = new Findings(report.uploadId, report.findings, draw, page.signal);
  const reads = new Listing(`/reports/${report.uploadId}/reads`, { filters: {}, page, draw });
  page.title(report.fileName || named("kind", report.kind));

  function view() {
    const errors = (report.errors ?? 0) + (report.followUpErrors ?? 0);
    return html`
      <p class="small"><a href="/history">${t("nav.history")}</a></p>
      <h1>${report.fileName || named("kind", report.kind)}</h1>
      <p>${statusMark(report.status)} <span class="quiet">${t("upload.by", { who: report.uploadedBy.name, when: moment(report.uploadedAt) })}</span></p>
      ${report.legalHold ? html`<p class="note warning">${t("report.hold")}</p>` : nothing}
      <dl class="facts">
        <dt>${t("facts.kind")}</dt><dd>${named("kind", report.kind)}</dd>
        <dt>${t("history.district")}</dt><dd>${report.districtId}</dd>
        ${report.rows ? html`<dt>${t("facts.rows")}</dt><dd>${number(report.rows)}</dd>` : nothing}
        ${report.approval ? html`<dt>${t("facts.approval")}</dt><dd>${report.approval.by?.name ?? ""}: ${report.approval.reason}</dd>` : nothing}
        ${Object.entries(report.keptUntil).map(([part, until]) => html`<dt>${t(`report.kept.${part}`)}</dt><dd>${day(until)}</dd>`)}
        ${Object.entries(report.removed).map(([part, at]) => html`<dt>${t(`report.removed.${part}`)}</dt><dd>${moment(at)}</dd>`)}
        ${report.sha256 ? html`<dt>${t("report.file_sum")}</dt><dd><code>${report.sha256}</code></dd>` : nothing}
      </dl>
      <div class="buttons">
        ${isOwn ? html`<a class="button" href="/uploads/${report.uploadId}">${t("report.upload")}</a>` : nothing}
        <button type="button" @click=${() => print()}>${t("report.print")}</button>
      </div>
      ${report.problems.length
        ? html`<div class="card"><h2>${t("refused.problems", { count: report.problems.length })}</h2>
            ${report.problems.map((one) => html`<section class="cause"><h3 class="error">${one.message}</h3><p>${one.howToFix}</p></section>`)}</div>`
        : nothing}
      ${report.summary.length
        ? html`<div class="card"><h2>${t(report.stage === "final" ? "done.figures" : "preview.title")}</h2>
            ${figures.view(report.summary, report.stage === "final" ? "report" : "preview")}</div>`
        : nothing}
      ${errors ? html`<div class="card"><h2>${t("correct.causes", { count: errors })}</h2>${findings.view("error")}</div>` : nothing}
      ${report.warnings ? html`<div class="card"><h2>${t("findings.warnings", { count: report.warnings })}</h2>${findings.view("warning")}</div>` : nothing}
      ${report.files.length ? files() : nothing}
      ${report.chain.length ? chain() : nothing}
      ${isAuditor ? html`<h2>${t("report.reads")}</h2>${readers()}` : nothing}`;
  }

  function files() {
    return html`<div class="card"><h2>${t("done.downloads")}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("done.downloads")}><table>
        <thead><tr><th scope="col">${t("history.file")}</th><th scope="col" class="n">${t("facts.size")}</th><th scope="col">SHA-256</th></tr></thead>
        <tbody>${report.files.map((file) => html`<tr>
          <th scope="row"><button type="button" class="link" @click=${() => download(file.href, {}, file.name)}>${t(`file.${file.name}`)}</button></th>
          <td class="n">${size(file.sizeBytes)}</td><td class="long"><code>${file.sha256}</code></td></tr>`)}</tbody>
      </table></div>
      <p><button type="button" class="link" @click=${() => download(`/reports/${report.uploadId}/report.html`, {}, "report.html")}>${t("file.report.html")}</button></p>
    </div>`;
  }

  function chain() {
    const isDated = report.chain.some((entry) => entry.when);
    return html`<div class="card"><h2>${t("report.chain")}</h2><p class="quiet">${t("report.chain.lead")}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("report.chain")}><table>
        <thead><tr><th scope="col" class="n">${t("report.position")}</th><th scope="col">${t("report.what")}</th>${isDated ? html`<th scope="col">${t("history.when")}</th>` : nothing}
          <th scope="col">${t("report.hash")}</th><th scope="col">${t("report.previous")}</th></tr></thead>
        <tbody>${report.chain.map((entry) => html`<tr><th scope="row" class="n">${number(entry.position)}</th>
          <td>${named("entry", entry.stage)}</td>${isDated ? html`<td class="when">${moment(entry.when)}</td>` : nothing}<td class="long"><code>${entry.hash}</code></td><td class="long"><code>${entry.previousHash}</code></td></tr>`)}</tbody>
      </table></div></div>`;
  }

  function readers() {
    return reads.view(
      t("report.reads"),
      html`<th scope="col">${t("history.when")}</th><th scope="col">${t("history.who")}</th><th scope="col">${t("report.part")}</th>`,
      (one) => html`<tr><td class="when">${moment(one.when)}</td><td>${one.who.name}</td><td>${one.what}</td></tr>`,
      t("report.no_reads"),
    );
  }

  draw();
  if (isAuditor) await reads.load();
}
