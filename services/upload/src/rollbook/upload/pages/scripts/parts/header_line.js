/** The header line to paste into a file, with a button that copies it. */

import { html } from "../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";

/** @param {string} line */
export function headerLine(line) {
  return html`<p><strong>${t("header.corrected")}</strong></p>
    <div class="scroll card" tabindex="0" role="region" aria-label=${t("header.corrected")}><code class="header-line">${line}</code></div>
    <p><button type="button" @click=${(event) => copy(event.target, line)}>${t("header.copy")}</button>
    <span class="quiet" role="status"></span></p>`;
}

async function copy(button, line) {
  try {
    await navigator.clipboard.writeText(line);
    button.nextElementSibling.textContent = t("header.copied");
  } catch {
    getSelection().selectAllChildren(document.querySelector(".header-line"));
    button.nextElementSibling.textContent = t("header.select");
  }
}
