/** One student, staff member or class: what is stored, a direct edit, the history of a person, who is in a class. */

import { ask, Problem } from "../api.js";
import { oldAndNew } from "../parts/changes.js";
import { Listing } from "../parts/listing.js";
import { problemNote } from "../parts/problem.js";
import { mayChange } from "../sign_in.js";
import { moment, named, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const FIELDS = {
  students: ["schoolId", "userFirstName", "userMiddleName", "userLastName", "userEmail", "userGrade", "userDistrictId", "userStateId"],
  staff: ["schoolId", "userRole", "userFirstName", "userMiddleName", "userLastName", "userEmail", "userDistrictId", "userStateId"],
  classes: ["className", "classDisplayName", "classGrade"],
};

export async function open(page) {
  const record = new OneRecord(page);
  await record.load();
}

class OneRecord {
  constructor(page) {
    this.page = page;
    this.kind = page.params.kind;
    this.path = `/${this.kind}/${encodeURIComponent(page.params.id)}`;
    Object.assign(this, { stored: null, etag: "", before: null, editing: false, busy: false, problem: null, findings: [], saved: false });
    const list = this.kind === "classes" ? "enrollments" : "history";
    this.list = new Listing(`${this.path}/${list}`, { filters: {}, page, draw: () => this.draw() });
  }

  async load() {
    this.page.guard(() => this.#changes(document.querySelector("#edit")).length && t("leave.typed"));
    await this.#fetch();
    this.page.title(this.#name());
    await this.list.load();
  }

  async #fetch() {
    const answer = await ask(this.path, { signal: this.page.signal });
    this.etag = answer.headers.get("ETag");
    this.stored = await answer.json();
  }

  /** Open the form, or close it and forget what is in it. */
  #edit(editing) {
    Object.assign(this, { editing, saved: false, before: null, problem: null, findings: [] });
    this.draw();
    document.querySelector("main .card").querySelector("input, button")?.focus();
  }

  /** The fields of its form that hold something else than what is stored. */
  #changes(form) {
    if (!form) return [];
    const typed = new FormData(form);
    return FIELDS[this.kind].map((name) => [name, typed.get(name).trim()]).filter(([name, value]) => value !== (this.stored[name] ?? ""));
  }

  async #save(form) {
    const changed = this.#changes(form);
    if (!changed.length) {
      this.editing = false;
      return this.draw();
    }
    Object.assign(this, { busy: true, problem: null, findings: [], saved: false });
    this.draw();
    try {
      const answer = await ask(this.path, { method: "PATCH", json: Object.fromEntries(changed), headers: { "If-Match": this.etag }, signal: this.page.signal });
      Object.assign(this, { stored: await answer.json(), etag: answer.headers.get("ETag"), editing: false, saved: true });
      this.page.say(t("record.saved"));
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      this.problem = error;
      if (error instanceof Problem) this.findings = error.body.findings ?? [];
      if (error.status === 412) await this.#again();
    }
    this.busy = false;
    this.draw();
    document.querySelector("main [aria-invalid=true]")?.focus();
    return this.saved ? this.list.load() : undefined;
  }

  /** What was typed stays; fields that were left alone, and a line below the others, show what is stored now. */
  async #again() {
    this.before ??= this.stored;
    await this.#fetch();
  }

  draw() {
    const { kind, stored } = this;
    this.page.show(html`
      <p class="small"><a href="/${kind}">${t(`nav.${kind}`)}</a></p>
      <h1>${this.#name()}</h1>
      ${stored.active === "false" ? html`<p><span class="status">${t("people.inactive")}</span></p>` : nothing}
      ${this.saved ? html`<p class="note good">${t("record.saved")} ${t("record.next_preview")}</p>` : nothing}
      ${this.problem ? problemNote(this.#toldOf(this.problem)) : nothing}
      <div class="card">${this.editing ? this.#form() : this.#facts()}</div>
      <h2>${t(kind === "classes" ? "record.enrollments" : "record.history")}</h2>
      ${kind === "classes" ? this.#enrollments() : this.#history()}`);
  }

  #name() {
    const { stored } = this;
    return this.kind === "classes" ? stored.classDisplayName || stored.className : `${stored.userFirstName} ${stored.userLastName}`;
  }

  /** Faults of fields are told at the fields. */
  #toldOf(problem) {
    const areAtFields = this.findings.length && this.findings.every((found) => FIELDS[this.kind].includes(found.column));
    return areAtFields ? { code: problem.code, message: t("record.faults", { count: this.findings.length }) } : problem;
  }

  #facts() {
    const shown = this.kind === "classes" ? ["classId", "schoolId", ...FIELDS.classes] : ["userId", ...FIELDS[this.kind]];
    return html`<dl class="facts">
        ${shown.map((name) => html`<dt>${t(`field.${name}`)}</dt><dd>${this.stored[name] || html`<span class="quiet">${t("record.blank")}</span>`}</dd>`)}
      </dl>
      ${mayChange(this.page.who, this.stored.schoolId)
        ? html`<div class="buttons"><button type="button" @click=${() => this.#edit(true)}>${t("record.edit")}</button></div>`
        : mayChange(this.page.who) ? html`<p class="quiet">${t("record.other_school")}</p>` : nothing}`;
  }

  #form() {
    return html`<form id="edit" @submit=${(event) => { event.preventDefault(); this.#save(event.target); }}>
      <div class="filters fields">${FIELDS[this.kind].map((name) => this.#field(name))}</div>
      <div class="buttons">
        <button class="main" ?disabled=${this.busy}>${t("record.save")}</button>
        <button type="button" @click=${() => this.#edit(false)}>${t("app.cancel")}</button>
      </div>
    </form>`;
  }

  #field(name) {
    const finding = this.findings.find((found) => found.column === name);
    return html`<div>
      <label for=${name}>${t(`field.${name}`)}</label>
      <input type="text" id=${name} name=${name} value=${this.stored[name] ?? ""} autocomplete="off"
        aria-invalid=${finding ? "true" : "false"} aria-describedby=${finding ? `${name}-why` : nothing}>
      ${this.before && this.before[name] !== this.stored[name]
        ? html`<p class="small warning">${t("record.now", { value: this.stored[name] || t("record.blank") })}</p>`
        : nothing}
      ${finding ? html`<p class="small error" id="${name}-why">${finding.message} ${finding.howToFix}</p>` : nothing}
    </div>`;
  }

  #history() {
    return this.list.view(
      t("record.history"),
      html`<th scope="col">${t("history.when")}</th><th scope="col">${t("history.who")}</th><th scope="col">${t("changes.change")}</th>
        <th scope="col">${t("changes.field")}</th><th scope="col">${t("changes.values")}</th>`,
      (one) => html`<tr>
        <td class="when">${moment(one.at)}</td>
        <td>${one.by?.name}<br><a class="small" href="/uploads/${one.uploadId}">${named("what", one.what)}</a></td>
        <td>${named("change", one.change)}${one.recordType === "enrollment" ? html`<br><span class="small quiet">${t("record.one.enrollment")} <code>${one.key}</code></span>` : nothing}</td>
        <td>${one.field ? named("field", one.field) : ""}</td><td class="long">${oldAndNew(one)}</td>
      </tr>`,
      t("record.no_history"),
    );
  }

  #enrollments() {
    return this.list.view(
      t("record.enrollments"),
      html`<th scope="col">${t("people.name")}</th><th scope="col">${t("people.id")}</th><th scope="col">${t("people.role")}</th>`,
      (one) => {
        const kind = one.userRole === "student" ? "students" : "staff";
        return html`<tr>
          <th scope="row"><a href="/${kind}/${encodeURIComponent(one.userId)}">${one.userLastName}, ${one.userFirstName}</a></th>
          <td><code>${one.userId}</code></td>
          <td>${named("userRole", one.userRole)}${one.primaryTeacher === "true" ? ` (${t("record.primary")})` : ""}</td>
        </tr>`;
      },
      t("record.no_enrollments"),
    );
  }
}
