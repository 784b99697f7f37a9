/** The history of uploads: filters, and for auditors the district of each and an archive of all. */

import { download } from "../api.js";
import { choiceField, Listing, searchField } from "../parts/listing.js";
import { problemNote } from "../parts/problem.js";
import { statusMark } from "../parts/status.js";
import { moment, named, number, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const KINDS = ["users", "demographics", "undo", "edit"];
const STATUSES = [
  "validating", "needs_correction", "ready", "held", "processing", "completed", "completed_with_errors",
  "failed", "cancelled", "superseded", "undone", "refused",
];
const FILTERS = ["q", "from", "to", "schoolId", "uploadedBy", "status", "kind"];

export async function open(page) {
  page.title(t("nav.history"));
  const isAuditor = page.who.roles.includes("auditor");
  const state = { problem: null, busy: false };
  const filters = Object.fromEntries(FILTERS.map((name) => [name, page.query[name]]));
  const list = new Listing("/reports", { filters, page, draw: () => draw() });

  const archive = async () => {
    Object.assign(state, { problem: null, busy: true });
    draw();
    try {
      await download("/reports/export.zip", list.filters, "reports.zip");
    } catch (error) {
      state.problem = error;
    }
    state.busy = false;
    draw();
  };

  function draw() {
    page.show(html`
      <h1>${t("nav.history")}</h1>
      <p class="quiet">${t(isAuditor ? "history.lead.auditor" : "history.lead")}</p>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        ${searchField("q", t("history.search"), list.filters.q, (value) => list.filter("q", value, { typed: true }))}
        ${searchField("uploadedBy", t("history.by"), list.filters.uploadedBy, (value) => list.filter("uploadedBy", value, { typed: true }))}
        ${searchField("schoolId", t("list.school_id"), list.filters.schoolId, (value) => list.filter("schoolId", value, { typed: true }))}
        ${dayField("from", t("history.from"))} ${dayField("to", t("history.to"))}
        ${choiceField("status", t("history.status"), list.filters.status, STATUSES.map((one) => [one, named("status", one)]), (value) => list.filter("status", value))}
        ${choiceField("kind", t("facts.kind"), list.filters.kind, KINDS.map((one) => [one, named("kind", one)]), (value) => list.filter("kind", value))}
      </form>
      ${isAuditor
        ? html`<div class="buttons"><button type="button" ?disabled=${state.busy} @click=${archive}>${t("history.archive")}</button>
            ${state.busy ? html`<span class="quiet">${t("app.loading")}</span>` : nothing}</div>`
        : nothing}
      ${state.problem ? problemNote(state.problem) : nothing}
      ${list.view(
        t("nav.history"),
        html`<th scope="col">${t("history.file")}</th><th scope="col">${t("history.status")}</th><th scope="col">${t("history.when")}</th>
          <th scope="col">${t("history.who")}</th>${isAuditor ? html`<th scope="col">${t("history.district")}</th>` : nothing}
          <th scope="col" class="n">${t("history.errors")}</th><th scope="col" class="n">${t("history.warnings")}</th>`,
        (one) => html`<tr>
          <th scope="row"><a href="/history/${one.uploadId}">${one.fileName || named("kind", one.kind)}</a><br><span class="small quiet">${named("kind", one.kind)}</span></th>
          <td>${statusMark(one.status)}</td><td class="when">${moment(one.uploadedAt)}</td><td>${one.uploadedBy.name}</td>
          ${isAuditor ? html`<td>${one.districtId}</td>` : nothing}
          <td class="n">${count(one.errors)}</td><td class="n">${count(one.warnings)}</td>
        </tr>`,
        t("history.none"),
      )}`);
  }

  function dayField(name, label) {
    return html`<div><label for=${name}>${label}</label>
      <input type="date" id=${name} .value=${list.filters[name] ?? ""} @change=${(event) => list.filter(name, event.target.value)}></div>`;
  }

  await list.load();
}

function count(value) {
  return value === null || value === undefined ? "–" : number(value);
}
