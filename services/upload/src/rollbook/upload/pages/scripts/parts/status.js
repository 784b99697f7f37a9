/** Where an upload stands, as a word with a colour. */

import { html } from "../vendor/lit-html/lit-html.js";
import { named } from "../texts.js";

const LOOKS = {
  validating: "busy", processing: "busy",
  ready: "good", completed: "good",
  held: "warn", completed_with_errors: "warn",
  needs_correction: "bad", refused: "bad", failed: "bad",
};

export function statusMark(status) {
  return html`<span class="status ${LOOKS[status] ?? ""}">${named("status", status)}</span>`;
}
