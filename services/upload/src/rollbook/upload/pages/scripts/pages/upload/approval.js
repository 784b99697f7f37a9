/** What a person must say before a file is processed: the reason where it is held, and who has a new userId. */

import { forget, keep, kept } from "../../parts/kept.js";
import { number, t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

/** @param {import("../one_upload.js").OneUpload} upload where its change is not held nothing is asked */
export function approval({ id, upload: { heldReasons }, page: { who } }) {
  if (!heldReasons.length) return nothing;
  return html`<div class="note warning">
      <p><strong>${t("held.lead")}</strong></p>
      <ul>${heldReasons.map((reason) => html`<li>${reason}</li>`)}</ul>
    </div>
    <div class="field">
      <label for="reason">${t("held.reason")}</label>
      <p class="quiet small" id="reason-hint">${t("held.hint")}</p>
      <textarea id="reason" name="reason" required maxlength="1000" aria-describedby="reason-hint"
        .value=${kept(who, nameOf(id)) ?? ""} @input=${(event) => keep(who, nameOf(id), event.target.value)}></textarea>
    </div>`;
}

/** People who seem to be known under another userId: each is confirmed by a tick. */
export function newIds(offered) {
  if (!offered?.length) return nothing;
  return html`<fieldset>
    <legend>${t("new_ids.title", { count: offered.length })}</legend>
    <p class="quiet">${t("new_ids.lead")}</p>
    ${offered.map((one) => html`<label class="plain"><input type="checkbox" name="newId" value=${one.toUserId}>
      <span>${one.userFirstName} ${one.userLastName}, ${one.userEmail}:
        <span class="unseen">${t("change.from")}</span> <code class="old">${one.fromUserId}</code>
        <span class="unseen">${t("change.to")}</span> <code class="new">${one.toUserId}</code>
        <span class="quiet">${t("new_ids.row", { row: number(one.row) })}</span></span></label>`)}
  </fieldset>`;
}

/** What the form holds, as the API wants it. */
export function approvalOf(form) {
  const reason = form.get("reason");
  const confirmed = form.getAll("newId");
  return {
    ...(reason ? { approval: { reason } } : {}),
    ...(confirmed.length ? { confirmReIdentifications: confirmed } : {}),
  };
}

/** What was typed is of no more use: it is sent, or the upload is cancelled. */
export function forgetApproval(id) {
  forget(nameOf(id));
}

function nameOf(id) {
  return `reason-${id}`;
}
