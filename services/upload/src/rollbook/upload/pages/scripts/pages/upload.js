/** Batch upload: what to do, where to drop the file, and sending it. */

import { download, get } from "../api.js";
import { checkFile } from "../parts/file_check.js";
import { problemNote } from "../parts/problem.js";
import { statusMark } from "../parts/status.js";
import { called, moment, size, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { checked, guessed } from "./upload/looked_at.js";
import { leftBehind, leftBehindNote, Sending, unreadable } from "./upload/sending.js";

const RECENT = 5;
const KINDS = ["users", "demographics"];

export async function open(page) {
  page.title(t("upload.title"));
  const state = { kind: "users", over: false, file: null, check: null, sending: null, problem: null };
  const [feature, recent, left] = await Promise.all([
    get("/batch-upload", undefined, page.signal),
    get("/uploads", { limit: RECENT }, page.signal),
    leftBehind(page),
  ]);
  Object.assign(state, { feature, recent: recent.items, left });
  const hindrance = feature.whyNot;
  const draw = () => page.show(view(state, hindrance, acts));

  const take = async (files) => {
    state.over = false;
    if (hindrance || state.sending || !files.length) return draw();
    Object.assign(state, { file: files[0], check: null, problem: null, left: null });
    if (files.length > 1) {
      state.file = null;
      state.problem = { code: "several", message: t("upload.one_file") };
      return draw();
    }
    draw();
    try {
      state.check = await checkFile(state.file, state.kind, await columns(page.signal), state.feature.limits.maxBytes);
    } catch (error) {
      if (page.signal.aborted) return undefined;
      if (error instanceof DOMException) {
        Object.assign(state, { file: null, problem: unreadable(state.file) });
        return draw();
      }
      state.check = { problems: [] }; // the server will judge it
    }
    if (state.check.problems.length) {
      draw();
      page.say(t("check.found", { count: state.check.problems.length }));
      return undefined;
    }
    return state.check.sample ? draw() : send();
  };

  const send = async () => {
    state.sending = new Sending(page, state.file, state.kind, draw);
    Object.assign(state, { check: null, problem: null });
    draw();
    page.say(t("upload.sending", { name: state.file.name }));
    import("./one_upload.js").catch(() => {}); // it is shown next, and perhaps the line is bad by then
    try {
      const upload = await state.sending.arrive();
      state.sending = null;
      await page.go(`/uploads/${upload.id}`);
    } catch (error) {
      state.sending = null;
      if (page.signal.aborted) return;
      if (error.body?.uploadStatus === "refused") return void (await page.go(`/uploads/${error.body.id}`));
      if (error.name !== "AbortError") state.problem = error;
      draw();
    }
  };

  const acts = {
    take,
    send,
    over: (over) => {
      if (state.over !== over) {
        state.over = over;
        draw();
      }
    },
    kind: (kind) => {
      state.kind = kind;
      if (state.file && state.check) take([state.file]);
      else draw();
    },
    forget: () => {
      Object.assign(state, { file: null, check: null, problem: null });
      draw();
    },
  };
  page.guard(() => state.sending && t("upload.leave"));
  draw();
}

async function columns(signal) {
  const all = await Promise.all(KINDS.map((kind) => get(`/data-dictionary/${kind}`, undefined, signal)));
  return Object.fromEntries(KINDS.map((kind, index) => [kind, all[index].columns]));
}

function view(state, hindrance, acts) {
  return html`
    <h1>${t("upload.title")}</h1>
    <p class="quiet">${t("upload.lead")}</p>
    ${hindrance ? hindranceNote(hindrance) : state.feature.you.schoolIds ? scopeNote(state.feature.you.schoolIds) : nothing}
    <div class="columns">
      <section aria-labelledby="how">
        <h2 id="how">${t("upload.how")}</h2>
        <ol class="steps">
          <li>${t("upload.how.get")}
            <div class="buttons">
              <button type="button" @click=${() => download("/templates/users.csv", {}, "users.csv")}>${t("upload.template")}</button>
              <button type="button" @click=${() => download("/export/users.csv", { type: "all" }, "users.csv")}>${t("upload.roster")}</button>
            </div>
          </li>
          <li>${t("upload.how.fill")} <a href="/data-dictionary/users">${t("upload.dictionary")}</a></li>
          <li>${t("upload.how.save")}</li>
          <li>${t("upload.how.drop")}</li>
          <li>${t("upload.how.look")}</li>
        </ol>
        <p class="small">
          ${t("upload.demographics")}
          <button type="button" class="link" @click=${() => download("/templates/demographics.csv", {}, "demographics.csv")}>${t("upload.template.demographics")}</button>,
          <a href="/data-dictionary/demographics">${t("upload.dictionary.demographics")}</a>.
        </p>
        <p class="quiet small">${t("upload.limits", { bytes: size(state.feature.limits.maxBytes), rows: state.feature.limits.maxRows })}</p>
      </section>
      <section aria-labelledby="file">
        <h2 id="file">${t("upload.file")}</h2>
        ${state.left ? leftBehindNote(state.left) : nothing}
        ${state.sending ? state.sending.view() : dropZone(state, hindrance, acts)}
        ${state.check?.problems.length ? checked(state, acts) : nothing}
        ${state.check?.sample && !state.check.problems.length ? guessed(state, acts) : nothing}
        ${state.problem ? problemNote(state.problem, isPassing(state.problem) && acts.send) : nothing}
        ${state.recent.length ? recentUploads(state.recent) : nothing}
      </section>
    </div>`;
}

/** It is over as soon as the other file is done: this one need not be chosen again. */
function isPassing(problem) {
  return problem.code === "upload_in_progress";
}

function hindranceNote({ reason, whatToDo }) {
  return html`<div class="note warning" id="why-not"><p><strong>${reason}</strong></p><p>${whatToDo}</p></div>`;
}

function scopeNote(schools) {
  return html`<p class="note">${t("upload.scope", { count: schools.length, schools: schools.join(", ") })}</p>`;
}

function dropZone(state, hindrance, acts) {
  const off = hindrance !== null;
  return html`
    <fieldset ?disabled=${off}>
      <legend>${t("upload.kind")}</legend>
      ${KINDS.map(
        (kind) => html`<label class="plain"><input type="radio" name="kind" value=${kind} .checked=${state.kind === kind}
          @change=${() => acts.kind(kind)}> ${t(`kind.${kind}.long`)}</label>`,
      )}
    </fieldset>
    <div class="drop ${state.over ? "over" : ""} ${off ? "off" : ""}" id="drop"
      @dragover=${(event) => { event.preventDefault(); acts.over(!off); }}
      @dragleave=${() => acts.over(false)}
      @drop=${(event) => { event.preventDefault(); acts.take(event.dataTransfer.files); }}>
      <p id="drop-text">${t(off ? "upload.drop.off" : "upload.drop")}</p>
      <button type="button" class="main" ?disabled=${off} aria-describedby=${off ? "why-not" : "drop-text"}
        @click=${(event) => event.target.nextElementSibling.click()}>${t("upload.select")}</button>
      <input type="file" id="select" class="unseen" tabindex="-1" aria-hidden="true" accept=".csv,text/csv" ?disabled=${off}
        @change=${(event) => { acts.take(event.target.files); event.target.value = ""; }}>
    </div>`;
}

function recentUploads(uploads) {
  return html`<h2>${t("upload.recent")}</h2>
    <ul class="plain lines">
      ${uploads.map((one) => html`<li>
        <a href="/uploads/${one.id}">${called(one)}</a> ${statusMark(one.status)}
        <br><span class="quiet small">${t("upload.by", { who: one.uploadedBy.name, when: moment(one.uploadedAt) })}${one.progress.rows ? html`, ${t("rows", { count: one.progress.rows })}` : nothing}</span>
      </li>`)}
    </ul>
    <p><a href="/history">${t("upload.all")}</a></p>`;
}
