/** The schools of the district, to choose one. */

import { get } from "../api.js";
import { t } from "../texts.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { choiceField, searchField } from "./listing.js";

const MOST = 200;

/** @returns {Promise<{choices: [string, string][], whole: boolean}>} */
export async function schools(signal) {
  const { items, next } = await get("/schools", { limit: MOST }, signal);
  return { choices: items.map((one) => [one.schoolId, one.schoolName ? `${one.schoolName} (${one.schoolId})` : one.schoolId]), whole: !next };
}

/** A list to choose from, or where there are too many a field for the schoolId. */
export function schoolField({ choices, whole }, value, onChange) {
  return whole
    ? choiceField("school", t("list.school"), value, choices, onChange)
    : searchField("school", t("list.school_id"), value, onChange);
}

/** A record's school by its name, and by its ID where two may have the same. */
export function schoolOf({ schoolId, schoolName }) {
  return schoolName ? html`${schoolName} <span class="quiet small">${schoolId}</span>` : schoolId;
}
