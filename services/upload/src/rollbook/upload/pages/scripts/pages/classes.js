/** Classes: search and filter. */

import { Listing, searchField } from "../parts/listing.js";
import { schoolField, schoolOf, schools } from "../parts/schools.js";
import { number, t } from "../texts.js";
import { html } from "../vendor/lit-html/lit-html.js";

export async function open(page) {
  page.title(t("nav.classes"));
  const { q, schoolId } = page.query;
  const known = await schools(page.signal);
  const list = new Listing("/classes", { filters: { q, schoolId }, page, draw: () => draw() });

  function draw() {
    page.show(html`
      <h1>${t("nav.classes")}</h1>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        ${searchField("q", t("classes.search"), list.filters.q, (value) => list.filter("q", value, { typed: true }))}
        ${schoolField(known, list.filters.schoolId, (value) => list.filter("schoolId", value, { typed: true }))}
      </form>
      ${list.view(
        t("nav.classes"),
        html`<th scope="col">${t("classes.name")}</th><th scope="col">${t("classes.id")}</th><th scope="col">${t("people.grade")}</th>
          <th scope="col">${t("list.school")}</th><th scope="col">${t("classes.teachers")}</th><th scope="col" class="n">${t("nav.students")}</th>`,
        (one) => html`<tr>
          <th scope="row"><a href="/classes/${encodeURIComponent(one.classId)}">${one.classDisplayName || one.className}</a></th>
          <td><code>${one.classId}</code></td><td>${one.classGrade}</td><td>${schoolOf(one)}</td>
          <td>${one.teachers.map((teacher) => `${teacher.userFirstName} ${teacher.userLastName}`).join(", ")}</td>
          <td class="n">${number(one.students)}</td>
        </tr>`,
        t("classes.none"),
      )}`);
  }

  await list.load();
}
