/** What a person must say before a file is processed: the reason where it is held, and who has a new userId. */

import { number, t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

/** @param {string[]} heldReasons why the change is held; none: nothing is asked */
export function approval(heldReasons) {
  if (!heldReasons.length) return nothing;
  return html`<div class="note warning">
      <p><strong>${t("held.lead")}</strong></p>
      <ul>${heldReasons.map((reason) => html`<li>${reason}</li>`)}</ul>
    </div>
    <div class="field">
      <label for="reason">${t("held.reason")}</label>
      <p class="quiet small" id="reason-hint">${t("held.hint")}</p>
      <textarea id="reason" name="reason" required maxlength="1000" aria-describedby="reason-hint"></textarea>
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
