/** For support: what is entered of a district, and whether batch upload is active there. */

import { getIfThere, send } from "../api.js";
import { problemNote } from "../parts/problem.js";
import { named, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { activeMark } from "./districts.js";

const SOURCES = ["batch_upload", "clever", "classlink", "gg4l", "oneroster"];

export async function open(page) {
  const { id } = page.params;
  const path = `/districts/${encodeURIComponent(id)}`;
  const state = { stored: await getIfThere(path, page.signal), problem: null, done: "", busy: false, typed: false };
  page.guard(() => state.typed && t("leave.typed"));

  /** Change something at the server, and show what it says. */
  const change = async (method, where, body, done) => {
    Object.assign(state, { problem: null, done: "", busy: true });
    draw();
    try {
      state.stored = await send(method, where, body, page.signal);
      if (method === "PUT") state.typed = false;
      state.done = t(done);
      page.say(state.done);
    } catch (error) {
      if (error.name === "AbortError") return;
      state.problem = error;
    }
    state.busy = false;
    draw();
  };
  const save = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    change("PUT", path, {
      name: form.get("name"),
      enrollmentSource: form.get("source"),
      schools: form.get("schools").split("\n").filter((line) => line.trim()).map(schoolIn),
      allowSchoolCreation: form.has("creation"),
      ...(state.stored ? { thresholds: state.stored.thresholds } : {}), // what a script has set stays
    }, "district.saved");
  };

  function draw() {
    const { stored } = state;
    page.title(stored?.name ?? id);
    page.show(html`
      <p class="small"><a href="/districts">${t("nav.districts")}</a></p>
      <h1>${stored?.name ?? t("districts.new")}</h1>
      <p>${stored ? html`${activeMark(stored)} ` : nothing}<span class="quiet">${t("district.id")}</span> <code>${id}</code></p>
      ${state.done ? html`<p class="note good">${state.done}</p>` : nothing}
      ${state.problem ? html`${problemNote(toldOf(state.problem))}${faults(state.problem)}` : nothing}
      ${stored && !stored.batchUpload ? activation() : nothing}
      <form class="card" @submit=${save} @input=${() => { state.typed = true; }}>
        <h2>${t("district.entered")}</h2>
        <div class="field"><label for="name">${t("district.name")}</label>
          <input type="text" id="name" name="name" required maxlength="255" value=${stored?.name ?? ""} autocomplete="off"></div>
        <div class="field"><label for="source">${t("district.source")}</label>
          <p class="quiet small" id="source-hint">${t("district.source.hint")}</p>
          <select id="source" name="source" aria-describedby="source-hint">
            ${SOURCES.map((one) => html`<option value=${one} ?selected=${one === (stored?.enrollmentSource ?? SOURCES[0])}>${named("source", one)}</option>`)}
          </select></div>
        <div class="field"><label for="schools">${t("record.school")}</label>
          <p class="quiet small" id="schools-hint">${t("district.schools.hint")}</p>
          <textarea id="schools" name="schools" rows="6" spellcheck="false" aria-describedby="schools-hint" .defaultValue=${lines(stored)}></textarea></div>
        <label class="plain"><input type="checkbox" name="creation" ?checked=${stored?.allowSchoolCreation}> ${t("district.creation")}</label>
        <div class="buttons"><button class=${stored?.batchUpload || !stored ? "main" : ""} ?disabled=${state.busy}>${t("record.save")}</button></div>
      </form>`);
  }

  function activation() {
    return html`<div class="card"><h2>${t("nav.upload")}</h2>
      <p>${t("district.activate.lead")}</p>
      <button type="button" class="main" ?disabled=${state.busy}
        @click=${() => change("POST", `${path}/batch-upload`, undefined, "district.activated")}>${t("district.activate")}</button>
    </div>`;
  }

  draw();
}

/** “00123, Oak School”: the ID before the first comma, or tab as a spreadsheet gives it. */
function schoolIn(line) {
  const [, schoolId, name] = /^([^,\t]*)[,\t]?(.*)$/.exec(line);
  return { schoolId: schoolId.trim(), name: name.trim() };
}

function lines(stored) {
  return (stored?.schools ?? []).map((one) => `${one.schoolId}, ${one.name}`).join("\n");
}

/** Faults of fields are listed below. */
function toldOf(problem) {
  return problem.body?.errors ? { code: problem.code, message: t("district.faults") } : problem;
}

/** What is wrong where, and which schools hold the activation up. */
function faults({ body }) {
  const fields = Object.entries(body?.errors ?? {}).map(([place, what]) => {
    const [, line] = /^schools\.(\d+)/.exec(place) ?? [];
    return line === undefined ? what : `${t("district.line", { line: Number(line) + 1 })} ${what}`;
  });
  const schools = (body?.schools ?? []).map((one) => [one.schoolId || t("record.blank"), one.name].filter(Boolean).join(", "));
  const all = [...fields, ...schools];
  return all.length ? html`<ul>${all.map((one) => html`<li>${one}</li>`)}</ul>` : nothing;
}
