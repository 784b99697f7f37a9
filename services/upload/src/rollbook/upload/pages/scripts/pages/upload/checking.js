/** While it is checked or applied: how far it is. */

import { t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

export function checking(upload) {
  const { stage, rows, rowsDone } = upload.progress;
  const counted = stage === "checking" && rows > 0;
  return html`<div class="card">
    <h2 id="stage">${t(`stage.${stage}`)}</h2>
    ${counted
      ? html`<progress max=${rows} .value=${rowsDone} aria-labelledby="stage"></progress>
          <p class="quiet">${t("stage.rows", { done: rowsDone, count: rows })}</p>`
      : html`<progress aria-labelledby="stage"></progress>
          ${rows ? html`<p class="quiet">${t("rows", { count: rows })}</p>` : nothing}`}
    <p class="quiet">${t("stage.may_leave")}</p>
  </div>`;
}
