/** A file that was not taken: each problem in plain words, and the header line to paste. */

import { headerLine } from "../../parts/header_line.js";
import { t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

export function refused(upload) {
  return html`
    <p class="note problem">${t("refused.lead")}</p>
    <div class="card">
      <h2>${t("refused.problems", { count: upload.problems.length })}</h2>
      ${upload.problems.map(
        (found) => html`<section class="cause">
          <h3 class="error">${found.message}</h3>
          ${found.got && found.expected ? sideBySide(found) : nothing}
          <p><strong>${t("findings.fix")}</strong> ${found.howToFix}</p>
        </section>`,
      )}
    </div>
    ${upload.correctedHeader ? html`<div class="card"><h2>${t("header.title")}</h2>${headerLine(upload.correctedHeader)}</div>` : nothing}
    <div class="buttons"><a class="button" href="/">${t("refused.again")}</a></div>`;
}

function sideBySide({ got, expected }) {
  return html`<dl class="compare">
    <dt>${t("refused.got")}</dt><dd><code class="old">${shown(got)}</code></dd>
    <dt>${t("refused.expected")}</dt><dd><code class="new">${shown(expected)}</code></dd>
  </dl>`;
}

function shown(text) {
  return text === "\t" ? t("check.tab") : text;
}
