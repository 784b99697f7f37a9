/** The first lines of the uploaded file, with the cells marked that something was found in. */

import { ask, get } from "../api.js";
import { number, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { records } from "./csv.js";
import { decoded } from "./file_check.js";
import { problemNote } from "./problem.js";

const BYTES = 64 * 1024;
const ROWS = 20;

export class Beginning {
  constructor(uploadId, draw, signal) {
    Object.assign(this, { uploadId, draw, signal, rows: null, found: [], busy: false, problem: null });
  }

  view() {
    return html`<details aria-busy=${this.busy} @toggle=${(event) => event.target.open && !this.rows && !this.busy && this.#fetch()}>
      <summary><strong>${t("beginning.title")}</strong></summary>
      ${this.busy ? html`<p class="quiet">${t("app.loading")}</p>` : nothing}
      ${this.problem ? problemNote(this.problem, () => this.#fetch()) : nothing}
      ${this.rows ? this.#table() : nothing}
    </details>`;
  }

  async #fetch() {
    Object.assign(this, { busy: true, problem: null });
    this.draw();
    try {
      const [file, findings] = await Promise.all([
        ask(`/uploads/${this.uploadId}/file`, { headers: { Range: `bytes=0-${BYTES - 1}` }, signal: this.signal }),
        get(`/reports/${this.uploadId}/findings`, { limit: 200 }, this.signal),
      ]);
      const { text } = decoded(new Uint8Array(await file.arrayBuffer()));
      this.rows = records(text, ROWS + 1).rows;
      if (file.status === 206 && this.rows.length <= ROWS) this.rows.pop(); // the end of the piece cut it in two
      this.found = findings.items;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem = error;
    }
    this.busy = false;
    this.draw();
  }

  #table() {
    const [header, ...rows] = this.rows;
    const names = header.map((name) => name.trim());
    return html`<p class="quiet small">${t("beginning.lead", { count: rows.length })}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("beginning.title")}>
        <table class="cells">
          <thead><tr><th scope="col" class="n">${t("findings.row")}</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>${rows.map((cells, index) => this.#line(index + 2, cells, names))}</tbody>
        </table>
      </div>`;
  }

  #line(row, cells, names) {
    const here = this.found.filter((finding) => finding.row === row);
    const of = (name) => here.filter((finding) => finding.column === name).map((finding) => finding.message).join(" ");
    const whole = of("row");
    return html`<tr>
      <th scope="row" class="n ${whole ? "bad" : ""}" title=${whole || nothing}>${number(row)}</th>
      ${cells.map((cell, index) => {
        const why = of(names[index]);
        return html`<td class=${why ? "bad" : ""} title=${why || nothing}>${why ? html`<mark class="bad">${cell || t("findings.blank")}</mark><span class="unseen"> ${why}</span>` : cell}</td>`;
      })}
    </tr>`;
  }
}
