/** Students or staff: search, filters, a selection, and the roster of whom is selected as a file. */

import { download } from "../api.js";
import { choiceField, Listing, searchField } from "../parts/listing.js";
import { problemNote } from "../parts/problem.js";
import { schoolField, schoolOf, schools } from "../parts/schools.js";
import { named, t } from "../texts.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const MOST_SELECTED = 5_000; // that the server takes at once
const GRADES = ["IT", "PR", "PK", "TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "PS", "UG", "Other"];

const STATUSES = ["active", "inactive"];

export async function open(page) {
  const { kind } = page.params;
  page.title(t(`nav.${kind}`));
  const { q, schoolId, grade, status } = page.query;
  const selected = new Set();
  const state = { problem: null, schools: await schools(page.signal) };
  const list = new Listing(`/${kind}`, { filters: { q, schoolId, grade, status }, page, draw: () => draw() });

  const select = (ids, on, box) => {
    for (const id of ids) {
      if (!on) selected.delete(id);
      else if (selected.size < MOST_SELECTED) selected.add(id);
    }
    if (box) box.checked = ids.every((id) => selected.has(id)); // not where some were too many
    draw();
    page.say(t("people.selected", { count: selected.size }));
  };
  const save = async (query, json) => {
    state.problem = null;
    try {
      await download("/export/users.csv", query, "users.csv", json);
    } catch (error) {
      state.problem = error;
    }
    draw();
  };

  function draw() {
    page.show(html`
      <h1>${t(`nav.${kind}`)}</h1>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        ${searchField("q", t("people.search"), list.filters.q, (value) => list.filter("q", value, { typed: true }))}
        ${schoolField(state.schools, list.filters.schoolId, (value) => list.filter("schoolId", value, { typed: true }))}
        ${kind === "students"
          ? choiceField("grade", t("people.grade"), list.filters.grade, GRADES.map((one) => [one, one]), (value) => list.filter("grade", value))
          : nothing}
        ${choiceField("status", t("people.status"), list.filters.status, STATUSES.map((one) => [one, t(`people.${one}`)]), (value) => list.filter("status", value))}
      </form>
      <div class="buttons">
        <button type="button" class=${selected.size ? "main" : ""} ?disabled=${!selected.size}
          @click=${() => save({}, { type: kind, userIds: [...selected] })}>${t("people.download", { count: selected.size })}</button>
        ${selected.size
          ? html`<button type="button" class="link" @click=${() => select([...selected], false)}>${t("people.select_none")}</button>`
          : nothing}
        <button type="button" @click=${() => save({ type: kind, schoolId: list.filters.schoolId })}>${t(
          list.filters.schoolId ? `people.download_school.${kind}` : `people.download_all.${kind}`,
        )}</button>
      </div>
      ${selected.size >= MOST_SELECTED ? html`<p class="note warning" role="alert">${t("people.most", { count: MOST_SELECTED })}</p>` : nothing}
      ${state.problem ? problemNote(state.problem) : nothing}
      ${list.view(t(`nav.${kind}`), head(), row, t("people.none"))}`);
  }

  function head() {
    const ids = list.items.map((one) => one.userId);
    const all = ids.length > 0 && ids.every((id) => selected.has(id));
    return html`<th scope="col"><input type="checkbox" aria-label=${t("people.select_page")} .checked=${all}
        @change=${(event) => select(ids, event.target.checked, event.target)}></th>
      <th scope="col">${t("people.name")}</th><th scope="col">${t("people.id")}</th><th scope="col">${t("people.email")}</th>
      <th scope="col">${t(kind === "students" ? "people.grade" : "people.role")}</th><th scope="col">${t("list.school")}</th>`;
  }

  function row(one) {
    const name = `${one.userLastName}, ${one.userFirstName} ${one.userMiddleName}`.trim();
    return html`<tr>
      <td><input type="checkbox" aria-label=${t("people.select", { name })} .checked=${selected.has(one.userId)}
        @change=${(event) => select([one.userId], event.target.checked, event.target)}></td>
      <th scope="row"><a href="/${kind}/${encodeURIComponent(one.userId)}">${name}</a>
        ${one.active === "false" ? html` <span class="status">${t("people.inactive")}</span>` : nothing}</th>
      <td><code>${one.userId}</code></td><td class="long">${one.userEmail}</td>
      <td>${kind === "students" ? one.userGrade : named("userRole", one.userRole)}</td><td>${schoolOf(one)}</td>
    </tr>`;
  }

  await list.load();
}
