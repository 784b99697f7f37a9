/** Findings grouped by cause, each with its fix, and every row of a cause on request. */

import { get } from "../api.js";
import { number, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { problemNote } from "./problem.js";

const ROWS_AT_ONCE = 50;

/** What is opened of the causes, and the rows that were fetched for them. */
export class Findings {
  /**
   * @param {string} uploadId
   * @param {object[]} causes `findings` of the report
   * @param {() => void} draw called when there is more to show
   * @param {AbortSignal} signal
   */
  constructor(uploadId, causes, draw, signal) {
    Object.assign(this, { uploadId, draw, signal });
    this.causes = causes.map((cause) => ({ ...cause, rows: [], next: undefined, problem: null, busy: false }));
  }

  /** @param {"error" | "warning"} severity */
  view(severity) {
    const chosen = this.causes.filter((cause) => cause.severity === severity);
    return chosen.map((cause) => this.#cause(cause));
  }

  async #more(cause) {
    Object.assign(cause, { busy: true, problem: null });
    this.draw();
    try {
      const had = cause.rows.length;
      do {
        // The server looks at some lines for each answer; those of this cause may stand further down.
        const query = { code: cause.code, column: cause.column, stage: cause.stage, cursor: cause.next, limit: ROWS_AT_ONCE };
        const { items, next } = await get(`/reports/${this.uploadId}/findings`, query, this.signal);
        cause.rows.push(...items);
        cause.next = next;
      } while (cause.next && cause.rows.length === had);
    } catch (error) {
      if (error.name === "AbortError") return;
      cause.problem = error;
    }
    cause.busy = false;
    this.draw();
  }

  #cause(cause) {
    return html`<section class="cause">
      <h3 class=${cause.severity}>${t("findings.cause", { column: cause.column, count: cause.count })} <code class="quiet">${cause.code}</code></h3>
      <p>${cause.message}</p>
      <p><strong>${t("findings.fix")}</strong> ${cause.howToFix}</p>
      ${cause.values?.length > 1 || cause.values?.[0]?.count > 1 ? this.#values(cause) : nothing}
      <details aria-busy=${cause.busy} @toggle=${(event) => event.target.open && !cause.rows.length && !cause.busy && this.#more(cause)}>
        <summary>${t("findings.rows", { count: cause.count, rows: cause.firstRows.map(number).join(", ") })}</summary>
        ${cause.rows.length ? this.#rows(cause) : nothing}
        ${cause.busy ? html`<p class="quiet">${t("app.loading")}</p>` : nothing}
        ${cause.problem ? problemNote(cause.problem, () => this.#more(cause)) : nothing}
        ${cause.next ? html`<p><button type="button" ?disabled=${cause.busy} @click=${() => this.#more(cause)}>${t("app.more")}</button></p>` : nothing}
      </details>
    </section>`;
  }

  #values(cause) {
    return html`<ul class="small">
      ${cause.values.map((one) => html`<li>${t("findings.value", { value: one.value || t("findings.blank"), count: one.count })}</li>`)}
    </ul>`;
  }

  #rows(cause) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${cause.code}>
      <table class="rows">
        <thead><tr>
          <th scope="col" class="n">${t("findings.row")}</th><th scope="col">${t("findings.value_found")}</th>
          <th scope="col">${t("findings.what")}</th>
        </tr></thead>
        <tbody>
          ${cause.rows.map((one) => html`<tr><th scope="row" class="n">${number(one.row)}</th><td><code>${one.value}</code></td>
            <td>${one.message} <span class="quiet">${one.howToFix}</span></td></tr>`)}
        </tbody>
      </table>
    </div>`;
  }
}

/** “42 of 45 earlier errors are fixed”. */
export function sincePrevious(since) {
  if (!since?.errors) return nothing;
  const { errors: count, fixed, remaining, new: fresh } = since;
  return html`<p class="note ${remaining || fresh ? "" : "good"}">${t("findings.progress", { count, fixed, remaining, fresh })}</p>`;
}
