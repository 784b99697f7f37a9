/** Mending small mistakes on the spot: the cells of rejected rows, then the corrected file as a new upload. */

import { get, Problem, send } from "../api.js";
import { number, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { problemNote } from "./problem.js";

const AT_ONCE = 25;
const MOST_ROWS = 500;

export class Mending {
  /** @param {import("../pages/one_upload.js").OneUpload} upload */
  constructor(upload, draw) {
    Object.assign(this, { upload, draw, rows: null, columns: [], next: undefined, busy: false, problem: null });
    this.edits = new Map(); // row → column → text
    upload.page.guard(() => this.edits.size && t("leave.typed"));
  }

  view() {
    return html`
      <h2>${t("mend.title")}</h2>
      <p>${t("mend.lead")}</p>
      ${this.rows === null
        ? html`<p><button type="button" ?disabled=${this.busy} @click=${() => this.#open()}>${t("mend.open")}</button></p>`
        : html`<form @submit=${(event) => { event.preventDefault(); this.#check(); }}>
            ${this.rows.map((row) => this.#row(row))}
            ${this.next && this.rows.length < MOST_ROWS
              ? html`<p><button type="button" ?disabled=${this.busy} @click=${() => this.#more()}>${t("mend.more")}</button></p>`
              : nothing}
            <div class="buttons"><button class="main" ?disabled=${this.busy || !this.edits.size}>${t("mend.check", { count: this.edits.size })}</button></div>
          </form>`}
      ${this.problem ? problemNote(this.problem) : nothing}`;
  }

  async #open() {
    await this.#more();
    document.querySelector("fieldset.card input")?.focus();
  }

  async #more() {
    Object.assign(this, { busy: true, problem: null });
    this.draw();
    try {
      const query = { cursor: this.next, limit: AT_ONCE };
      const found = await get(`/reports/${this.upload.id}/rejected-rows`, query, this.upload.page.signal);
      Object.assign(this, { columns: found.columns, rows: [...(this.rows ?? []), ...found.items], next: found.next });
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem = error;
    }
    this.busy = false;
    this.draw();
  }

  /** Take the file with these cells in as a new upload. */
  async #check() {
    Object.assign(this, { busy: true, problem: null });
    this.draw();
    const rows = [...this.edits].map(([row, cells]) => ({ row, cells: Object.fromEntries(cells) }));
    try {
      const made = await send("POST", `/uploads/${this.upload.id}/corrections`, { rows }, this.upload.page.signal);
      this.edits.clear();
      await this.upload.page.go(`/uploads/${made.id}`);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error instanceof Problem && error.body.uploadStatus === "refused") {
        this.edits.clear();
        await this.upload.page.go(`/uploads/${error.body.id}`);
        return;
      }
      Object.assign(this, { busy: false, problem: error });
      this.draw();
    }
  }

  #row(one) {
    const faulty = new Set(one.findings.filter((finding) => finding.severity === "error").map((finding) => finding.column));
    const shown = this.columns.filter((column) => faulty.has(column));
    const others = this.columns.filter((column) => !faulty.has(column));
    return html`<fieldset class="card">
      <legend>${t("mend.row", { row: one.row })} <span class="quiet">${this.#whose(one)}</span></legend>
      ${one.findings.filter((finding) => !this.columns.includes(finding.column)).map((finding) => html`<p class="error">${finding.message} ${finding.howToFix}</p>`)}
      <div class="filters fields">${shown.map((column) => this.#cell(one, column))}</div>
      ${others.length
        ? html`<details ?open=${!shown.length}><summary>${t("mend.other_cells")}</summary><div class="filters fields">${others.map((column) => this.#cell(one, column))}</div></details>`
        : nothing}
    </fieldset>`;
  }

  #cell(one, column) {
    const id = `cell-${one.row}-${column}`;
    const finding = one.findings.find((found) => found.column === column && found.severity === "error");
    const value = one.cells[this.columns.indexOf(column)] ?? "";
    const edited = this.edits.get(one.row)?.get(column);
    const change = (event) => this.#edit(one.row, column, event.target.value, value);
    return html`<div>
      <label for=${id}>${column}</label>
      <input type="text" id=${id} .value=${edited ?? value} @input=${change} spellcheck="false" autocomplete="off"
        aria-invalid=${finding && edited === undefined ? "true" : "false"} aria-describedby=${finding ? `${id}-why` : nothing}>
      ${finding ? html`<p class="small error" id="${id}-why">${finding.message} ${finding.howToFix}</p>` : nothing}
    </div>`;
  }

  #edit(row, column, text, was) {
    const cells = this.edits.get(row) ?? new Map();
    if (text === was) cells.delete(column);
    else cells.set(column, text);
    if (cells.size) this.edits.set(row, cells);
    else this.edits.delete(row);
    this.draw();
  }

  /** Enough to know the person by. */
  #whose(one) {
    const cell = (column) => one.cells[this.columns.indexOf(column)] ?? "";
    return [cell("userFirstName"), cell("userLastName"), cell("userId")].filter(Boolean).join(" ") || number(one.row);
  }
}
