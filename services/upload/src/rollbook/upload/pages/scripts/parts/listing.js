/** A list that the server pages: one page is held, and the way back to those before it. */

import { get } from "../api.js";
import { number, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { problemNote } from "./problem.js";

const TYPING_MS = 250;

export class Listing {
  /**
   * @param {string} path of the API
   * @param {{filters: Record<string, string>, limit?: number, page: object, draw: () => void}} options
   *   `filters` are kept in the address, so that a reload and the way back show the same
   */
  constructor(path, { filters, limit = 50, page, draw }) {
    Object.assign(this, { path, filters, limit, page, draw });
    Object.assign(this, { items: [], next: null, before: [], number: 1, cursor: undefined, total: null, busy: true, problem: null });
    this.asked = new AbortController();
  }

  /** Fetch the page at the cursor; what was asked before and is not here yet is no longer wanted. */
  async load() {
    this.asked.abort();
    const asked = (this.asked = new AbortController());
    const signal = AbortSignal.any([asked.signal, this.page.signal]);
    Object.assign(this, { busy: true, problem: null });
    this.draw();
    try {
      const found = await get(this.path, { ...this.filters, cursor: this.cursor, limit: this.limit }, signal);
      Object.assign(this, { items: found.items, next: found.next, number: this.before.length + 1 });
      if (found.total !== undefined) Object.assign(this, { total: found.total, totalIsExact: found.totalIsExact ?? true });
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem = error;
    }
    this.busy = false;
    this.draw();
    this.page.say(this.items.length ? t("list.shown", { count: this.items.length }) : t("list.none"));
  }

  /** Filter anew, from the first page on; while somebody types only the last of it is asked. */
  filter(name, value, { typed = false } = {}) {
    this.filters = { ...this.filters, [name]: value };
    Object.assign(this, { before: [], cursor: undefined });
    this.page.put(this.filters);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), typed ? TYPING_MS : 0);
  }

  forward() {
    this.before.push(this.cursor);
    this.cursor = this.next;
    return this.#turn();
  }

  back() {
    this.cursor = this.before.pop();
    return this.#turn();
  }

  async #turn() {
    await this.load();
    document.getElementById("list")?.scrollIntoView({ block: "start" });
    // Who is at the last page has no way on to stand at.
    if (document.activeElement === document.body) document.querySelector("#list .scroll")?.focus({ preventScroll: true });
  }

  /**
   * The table.
   * @param {string} caption
   * @param {unknown} head the cells of the header
   * @param {(item: object) => unknown} row
   * @param {string} none what is said where nothing is there
   */
  view(caption, head, row, none) {
    if (this.problem) return problemNote(this.problem, () => this.load());
    return html`<div id="list" aria-busy=${this.busy}>
      <p class="quiet">${this.#count()}</p>
      ${this.items.length
        ? html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
            <table><thead><tr>${head}</tr></thead><tbody>${this.items.map(row)}</tbody></table>
          </div>`
        : html`<p>${this.busy ? t("app.loading") : none}</p>`}
      ${this.before.length || this.next
        ? html`<nav class="buttons pages" aria-label=${t("list.pages")}>
            <button type="button" ?disabled=${!this.before.length || this.busy} @click=${() => this.back()}>${t("list.back")}</button>
            <span class="quiet">${t("list.page", { page: this.number })}</span>
            <button type="button" ?disabled=${!this.next || this.busy} @click=${() => this.forward()}>${t("list.forward")}</button>
          </nav>`
        : nothing}
    </div>`;
  }

  #count() {
    if (this.total === null) return nothing;
    return this.totalIsExact ? t("list.total", { count: this.total }) : t("list.at_least", { count: number(this.total) });
  }
}

/** A labelled field of a filter. */
export function searchField(id, label, value, onInput) {
  return html`<div><label for=${id}>${label}</label>
    <input type="search" id=${id} .value=${value ?? ""} autocomplete="off" spellcheck="false" @input=${(event) => onInput(event.target.value.trim())}></div>`;
}

/** @param {[string, string][]} choices value and text */
export function choiceField(id, label, value, choices, onChange) {
  return html`<div><label for=${id}>${label}</label>
    <select id=${id} @change=${(event) => onChange(event.target.value)}>
      <option value="" ?selected=${!value}>${t("list.all")}</option>
      ${choices.map(([one, text]) => html`<option value=${one} ?selected=${one === value}>${text}</option>`)}
    </select></div>`;
}
