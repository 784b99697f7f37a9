/** The figures of a preview or a report: a bar and a line for each record type, and the same for each school. */

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { named, number, t } from "../texts.js";

const FIGURES = ["created", "updated", "noChange", "removed", "errors"];
const SCHOOLS_AT_ONCE = 20;

/**
 * @typedef {{recordType: string, schoolId: string, created: number, updated: number, noChange: number,
 *   removed: number, errors: number}} Line one of summary.csv
 */

/** Figures, of whose schools some are shown at first, and all on request. */
export class Figures {
  /** @param {() => void} draw called when there is more to show */
  constructor(draw) {
    Object.assign(this, { draw, schools: SCHOOLS_AT_ONCE });
  }

  /**
   * @param {Line[]} lines
   * @param {"preview" | "report"} tense
   * @param {(schoolId: string) => unknown} [inSchool] what stands below the figures of a school
   */
  view(lines, tense, inSchool) {
    const district = lines.filter((line) => !line.schoolId);
    const schools = bySchool(lines);
    return html`
      ${legend(tense)}
      <div class="bars">${district.map((line) => bar(named("record", line.recordType), line, tense))}</div>
      ${table(district, tense, t(`figures.${tense}`))}
      ${schools.length
        ? html`<h3>${t("figures.by_school")}</h3>
            ${schools.slice(0, this.schools).map(([school, own]) => html`<details class="school">
              <summary>${t("figures.school", { school })} ${changesOf(own, tense)}</summary>
              ${table(own, tense, t("figures.school", { school }))}
              ${inSchool?.(school) ?? nothing}
            </details>`)}
            ${schools.length > this.schools
              ? html`<p><button type="button" @click=${() => this.#showAll()}>${t("figures.more_schools", { count: schools.length - this.schools })}</button></p>`
              : nothing}`
        : nothing}`;
  }

  #showAll() {
    this.schools = Infinity;
    this.draw();
  }
}

/** @returns {[string, Line[]][]} in the order of summary.csv */
function bySchool(lines) {
  const groups = new Map();
  for (const line of lines.filter((one) => one.schoolId)) {
    if (!groups.has(line.schoolId)) groups.set(line.schoolId, []);
    groups.get(line.schoolId).push(line);
  }
  return [...groups];
}

function legend(tense) {
  return html`<ul class="legend" aria-label=${t("figures.colours")}>
    ${FIGURES.map((name) => html`<li><svg aria-hidden="true">${part(name, 0, 100)}</svg>${t(`figure.${tense}.${name}`)}</li>`)}
  </ul>`;
}

/** Told apart by a pattern of the page (patterns.html) as well as by colour. */
function part(name, at, width) {
  return svg`<rect class="part" fill=${`url(#${name})`} x=${`${at}%`} width=${`${width}%`} height="100%" />`;
}

function bar(label, line, tense) {
  const total = FIGURES.reduce((sum, name) => sum + line[name], 0);
  const said = FIGURES.filter((name) => line[name]).map((name) => `${t(`figure.${tense}.${name}`)} ${number(line[name])}`);
  let at = 0;
  const parts = FIGURES.filter((name) => line[name]).map((name) => {
    const width = (100 * line[name]) / total;
    const drawn = part(name, at, width);
    at += width;
    return drawn;
  });
  return html`<div class="bar">
    <span>${label}</span>
    <svg role="img" aria-label="${label}: ${said.join(", ") || t("figures.none")}">${parts}</svg>
    <span class="n">${number(total)}</span>
  </div>`;
}

function table(lines, tense, caption) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table class="figures">
      <thead>
        <tr><th scope="col">${t("figures.record")}</th>${FIGURES.map((name) => html`<th scope="col" class="n">${t(`figure.${tense}.${name}`)}</th>`)}</tr>
      </thead>
      <tbody>
        ${lines.map((line) => html`<tr><th scope="row">${named("record", line.recordType)}</th>
          ${FIGURES.map((name) => html`<td class="n">${number(line[name])}</td>`)}</tr>`)}
      </tbody>
    </table>
  </div>`;
}

/** What is worth opening a school for, in a few words. */
function changesOf(lines, tense) {
  const sums = FIGURES.filter((name) => name !== "noChange").map((name) => [name, lines.reduce((sum, line) => sum + line[name], 0)]);
  const told = sums.filter(([, count]) => count).map(([name, count]) => `${t(`figure.${tense}.${name}`)} ${number(count)}`);
  return html`<span class="quiet small">${told.join(", ") || t("figures.no_change")}</span>`;
}
