/** What a look at the file has found before anything is sent. */

import { headerLine } from "../../parts/header_line.js";
import { size, t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

/** What it would be refused for. */
export function checked(state, acts) {
  const { problems, correctedHeader } = state.check;
  const other = problems.find((found) => found.code === "file.wrong_kind");
  const isCertain = problems.some((found) => found.code === "file.too_large"); // by what the server itself has said
  return html`<div class="card" role="alert">
    <h3>${t("check.title", { name: state.file.name })}</h3>
    <p>${t("check.nothing_sent")}</p>
    <ul>
      ${problems.map((found) => html`<li>${t(found.text ?? `check.${found.code}`, {
        ...found,
        got: worded(found.got, found.code),
        expected: worded(found.expected, found.code),
        what: found.what ? t(`check.what.${found.what}`) : "",
      })}</li>`)}
    </ul>
    ${correctedHeader ? headerLine(correctedHeader) : nothing}
    <div class="buttons">
      ${other ? html`<button type="button" class="main" @click=${() => acts.kind(other.got)}>${t("check.as_other", { kind: t(`kind.${other.got}`) })}</button>` : nothing}
      <button type="button" @click=${acts.forget}>${t("check.other_file")}</button>
      ${isCertain ? nothing : html`<button type="button" class="link" @click=${acts.send}>${t("check.send_anyway")}</button>`}
    </div>
  </div>`;
}

/** Windows-1252 is what is left where nothing else fits: a person sees whether it is right. */
export function guessed(state, acts) {
  return html`<div class="card" role="alert">
    <h3>${t("check.encoding.title", { name: state.file.name })}</h3>
    <p>${t("check.encoding")}</p>
    <p><strong>${state.check.sample}</strong></p>
    <p>${t("check.encoding.fix")}</p>
    <div class="buttons">
      <button type="button" class="main" @click=${acts.send}>${t("check.encoding.send")}</button>
      <button type="button" @click=${acts.forget}>${t("check.other_file")}</button>
    </div>
  </div>`;
}

/** What was got or expected, in words: a kind, a size; and a tab cannot be seen. */
function worded(value, code) {
  if (code === "file.wrong_kind") return t(`kind.${value}`);
  if (code === "file.too_large") return size(value);
  return value === "\t" ? t("check.tab") : (value ?? "");
}
