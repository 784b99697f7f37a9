/** What an upload changes, field by field, old and new; of one school, a page at a time. */

import { get } from "../api.js";
import { named, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { problemNote } from "./problem.js";

const AT_ONCE = 50;

export class Changes {
  constructor(uploadId, draw, signal) {
    Object.assign(this, { uploadId, draw, signal });
    this.schools = new Map();
  }

  /** The changes of a school, fetched when its part is opened. */
  view(schoolId) {
    const known = this.#of(schoolId);
    return html`<details aria-busy=${known.busy} @toggle=${(event) => event.target.open && !known.items.length && !known.busy && this.#more(schoolId)}>
      <summary>${t("changes.title")}</summary>
      ${known.items.length ? table(known.items, schoolId) : nothing}
      ${!known.items.length && known.next === null ? html`<p class="quiet">${t("changes.none")}</p>` : nothing}
      ${known.busy ? html`<p class="quiet">${t("app.loading")}</p>` : nothing}
      ${known.problem ? problemNote(known.problem, () => this.#more(schoolId)) : nothing}
      ${known.next ? html`<p><button type="button" ?disabled=${known.busy} @click=${() => this.#more(schoolId)}>${t("app.more")}</button></p>` : nothing}
    </details>`;
  }

  #of(schoolId) {
    if (!this.schools.has(schoolId)) this.schools.set(schoolId, { items: [], next: undefined, busy: false, problem: null });
    return this.schools.get(schoolId);
  }

  async #more(schoolId) {
    const known = this.#of(schoolId);
    Object.assign(known, { busy: true, problem: null });
    this.draw();
    try {
      const { items, next } = await get(`/uploads/${this.uploadId}/changes`, { schoolId, cursor: known.next, limit: AT_ONCE }, this.signal);
      known.items.push(...items);
      known.next = next;
    } catch (error) {
      if (error.name === "AbortError") return;
      known.problem = error;
    }
    known.busy = false;
    this.draw();
  }
}

function table(items, school) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${t("changes.title")}, ${t("figures.school", { school })}">
    <table>
      <thead><tr>
        <th scope="col">${t("changes.record")}</th><th scope="col">${t("changes.change")}</th>
        <th scope="col">${t("changes.field")}</th><th scope="col">${t("changes.values")}</th>
      </tr></thead>
      <tbody>
        ${items.map((one) => html`<tr>
          <th scope="row">${named("record.one", one.recordType)} <code>${one.key}</code></th>
          <td>${named("change", one.change)}</td><td>${one.field}</td><td class="long">${oldAndNew(one)}</td>
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}

/** Both values, told apart by words as well for who does not see colours. */
export function oldAndNew({ before, after }) {
  return html`${before ? html`<span class="unseen">${t("change.from")}</span> <span class="old">${before}</span> ` : nothing}
    ${after ? html`<span class="unseen">${t("change.to")}</span> <span class="new">${after}</span>` : nothing}`;
}
