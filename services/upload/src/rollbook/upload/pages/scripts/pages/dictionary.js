/** The data dictionary: every column, rule and finding, and a search over all of it. */

import { get } from "../api.js";
import { searchField } from "../parts/listing.js";
import { t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const KINDS = ["users", "demographics"];

export async function open(page) {
  const kind = page.params.kind ?? "users";
  page.title(t("nav.dictionary"));
  const dictionary = await get(`/data-dictionary/${kind}`, undefined, page.signal);
  let wanted = page.query.q ?? "";

  const find = (value) => {
    wanted = value;
    page.put({ q: value });
    draw();
    page.say(t("dictionary.found", { count: columns().length + findings().length }));
  };
  const holds = (texts) => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const text = texts.filter(Boolean).join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const columns = () => dictionary.columns.filter((one) => holds([one.name, one.description, one.rule]));
  const findings = () => dictionary.findings.filter((one) => holds([one.code, one.message, one.howToFix, one.when]));
  const refusals = () => dictionary.refusals.filter((one) => holds([one.code, one.message, one.howToFix, one.when]));

  function draw() {
    page.show(html`
      <h1>${t("nav.dictionary")}</h1>
      <p>${KINDS.map((one) => html`<a class="button" href="/data-dictionary/${one}" aria-current=${one === kind ? "page" : "false"}>${one}.csv</a> `)}</p>
      <div class="field">${searchField("q", t("dictionary.search"), wanted, find)}</div>
      ${columns().length ? html`<h2>${t("dictionary.columns")}</h2>${columns().map(column)}` : nothing}
      ${findings().length ? html`<h2>${t("dictionary.findings", { count: findings().length })}</h2>${findings().map(finding)}` : nothing}
      ${refusals().length ? html`<h2>${t("dictionary.refusals")}</h2>${refusals().map(finding)}` : nothing}
      ${columns().length + findings().length + refusals().length ? nothing : html`<p>${t("dictionary.none")}</p>`}`);
  }

  draw();
}

function column(one) {
  return html`<div class="card">
    <h3><code>${one.name}</code> <span class="status">${t(`dictionary.header.${one.header}`)}</span></h3>
    <p>${one.description}</p>
    <p class="small">${one.rule}.</p>
    <dl class="compare small">
      <dt>${t("dictionary.accepted")}</dt><dd><code>${one.accepted}</code></dd>
      <dt>${t("dictionary.rejected")}</dt><dd><code>${one.rejected}</code> <span class="quiet">(${one.rejectedFor})</span></dd>
    </dl>
  </div>`;
}

function finding(one) {
  return html`<details class="card">
    <summary><code>${one.code}</code> <span class="quiet">${one.when}</span></summary>
    <p>${one.message}</p>
    <p><strong>${t("findings.fix")}</strong> ${one.howToFix}</p>
  </details>`;
}
