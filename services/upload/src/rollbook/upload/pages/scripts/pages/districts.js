/** For support: the districts, and the way to a new one. */

import { Listing } from "../parts/listing.js";
import { number, t } from "../texts.js";
import { html } from "../vendor/lit-html/lit-html.js";

export async function open(page) {
  page.title(t("nav.districts"));
  const list = new Listing("/districts", { filters: {}, page, draw: () => draw() });
  const enter = (event) => {
    event.preventDefault();
    page.go(`/districts/${encodeURIComponent(new FormData(event.target).get("id").trim())}`);
  };

  function draw() {
    page.show(html`
      <h1>${t("nav.districts")}</h1>
      <p class="quiet">${t("districts.lead")}</p>
      ${list.view(
        t("nav.districts"),
        html`<th scope="col">${t("district.name")}</th><th scope="col">${t("district.id")}</th>
          <th scope="col">${t("nav.upload")}</th><th scope="col" class="n">${t("record.school")}</th>`,
        (one) => html`<tr>
          <th scope="row"><a href="/districts/${encodeURIComponent(one.districtId)}">${one.name}</a></th>
          <td><code>${one.districtId}</code></td><td>${activeMark(one)}</td><td class="n">${number(one.schools.length)}</td>
        </tr>`,
        t("districts.none"),
      )}
      <form class="card" @submit=${enter}>
        <h2>${t("districts.new")}</h2>
        <div class="field">
          <label for="id">${t("district.id")}</label>
          <p class="quiet small" id="id-hint">${t("district.id.hint")}</p>
          <input type="text" id="id" name="id" required maxlength="100" pattern="[A-Za-z0-9._:~#\\-]+" autocomplete="off" spellcheck="false" aria-describedby="id-hint">
        </div>
        <div class="buttons"><button>${t("districts.enter")}</button></div>
      </form>`);
  }

  await list.load();
}

/** Whether batch upload is active there. */
export function activeMark({ batchUpload }) {
  return html`<span class="status ${batchUpload ? "good" : ""}">${t(batchUpload ? "district.active" : "district.inactive")}</span>`;
}
