/** What went wrong, and what can be done. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";

/**
 * @param {Error} error a Problem, Unreachable, or one of ours that nobody expected; the note leads to its `upload`
 * @param {() => void} [again] what "Try again" does
 */
export function problemNote(error, again) {
  const known = error.status !== undefined || error.code !== undefined;
  return html`<div class="note problem" role="alert">
    <p>${known ? error.message : t("problem.unexpected")}
      ${error.upload ? html`<a href="/uploads/${error.upload.id}">${t("problem.upload")}</a>` : nothing}</p>
    ${again ? html`<p><button type="button" @click=${again}>${t("app.try_again")}</button></p>` : nothing}
  </div>`;
}
