/**
 * A look at the beginning of a file before anything is sent: what it is, its encoding, its header.
 *
 * The server judges the whole file by the same rules and has the last word; this spares the way there and back.
 */

import { records } from "./csv.js";

const LOOKED_AT_BYTES = 256 * 1024;
const ROWS_SEARCHED = 5;
const DELIMITERS = [";", "\t", "|"];
const SIGNATURES = [
  ["xlsx", [0x50, 0x4b, 0x03, 0x04]],
  ["xls", [0xd0, 0xcf, 0x11, 0xe0]],
  ["pdf", [0x25, 0x50, 0x44, 0x46]],
  ["image", [0x89, 0x50, 0x4e, 0x47]],
  ["image", [0xff, 0xd8, 0xff]],
  ["image", [0x47, 0x49, 0x46, 0x38]],
];

/**
 * @typedef {{name: string, header: "required" | "conditional" | "optional"}} Column
 * @typedef {{code: string, got?: string, expected?: string, row?: number, letter?: string, what?: string}} Found
 *
 * @param {Blob} file
 * @param {"users" | "demographics"} kind
 * @param {Record<string, Column[]>} dictionary the columns of each kind
 * @returns {Promise<{problems: Found[], correctedHeader: string | null, encoding: string, sample: string}>}
 */
export async function checkFile(file, kind, dictionary) {
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer());
  const signature = SIGNATURES.find(([, start]) => start.every((byte, index) => bytes[index] === byte));
  if (signature) return answer([{ code: "file.not_csv", what: signature[0] }]);
  const { text, encoding } = decoded(bytes);
  if (text.includes("\0")) return answer([{ code: "file.not_csv", what: "binary" }]);
  if (!tidy(text)) return answer(file.size > bytes.length ? [] : [{ code: "file.empty" }]);
  const rows = records(text, ROWS_SEARCHED + 1).map((cells) => cells.map(tidy));
  const result = headerOf(rows, text, kind, dictionary);
  const isWhole = file.size <= bytes.length;
  if (isWhole && !result.problems.length && rows.slice(1).every(isBlank) && records(text, Infinity).slice(1).every((cells) => cells.map(tidy).every((cell) => !cell))) {
    result.problems.push({ code: "file.no_rows" });
  }
  const sample = encoding === "windows-1252" ? (/[^\s,;"]*[^\x00-\x7f][^\s,;"]*/.exec(text)?.[0] ?? "") : "";
  return { ...result, encoding, sample };
}

function answer(problems) {
  return { problems, correctedHeader: null, encoding: "", sample: "" };
}

export function decoded(bytes) {
  const starts = (...first) => first.every((byte, index) => bytes[index] === byte);
  if (starts(0xff, 0xfe)) return { text: new TextDecoder("utf-16le").decode(bytes), encoding: "utf-16" };
  if (starts(0xfe, 0xff)) return { text: new TextDecoder("utf-16be").decode(bytes), encoding: "utf-16" };
  try {
    // A character that the end of the piece cuts in two is no fault.
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }), encoding: "utf-8" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "windows-1252" };
  }
}

/** As the dictionary trims: White_Space and U+FEFF (which JavaScript's trim takes too), then NFC. */
function tidy(cell) {
  return cell.replace(/^[\s\u0085]+|[\s\u0085]+$/g, "").normalize("NFC");
}

function isBlank(cells) {
  return cells.every((cell) => !cell);
}

function headerOf(rows, text, kind, dictionary) {
  const known = new Set(Object.values(dictionary).flat().map((column) => column.name));
  const names = (cells) => new Set(cells.filter((cell) => known.has(cell))).size;
  if (names(rows[0])) return judged(rows[0], 1, kind, dictionary, []);
  const firstLine = text.split(/\r\n|\n|\r/, 1)[0];
  for (const delimiter of DELIMITERS) {
    const cells = firstLine.split(delimiter).map((cell) => tidy(tidy(cell).replace(/^"+|"+$/g, "")));
    if (cells.length > 1 && names(cells)) {
      return judged(cells, 1, kind, dictionary, [{ code: "file.wrong_delimiter", got: delimiter }]);
    }
  }
  for (let row = 2; row <= Math.min(ROWS_SEARCHED, rows.length); row++) {
    if (names(rows[row - 1]) >= 3) return judged(rows[row - 1], row, kind, dictionary, [{ code: "header.not_first_row", row }]);
  }
  return judged(rows[0], 1, kind, dictionary, []);
}

function judged(cells, row, kind, dictionary, problems) {
  const other = otherKind(cells, kind, dictionary);
  if (other) {
    return { problems: [...problems, { code: "file.wrong_kind", got: other, expected: kind }], correctedHeader: null };
  }
  const columns = dictionary[kind];
  const all = columns.map((column) => column.name);
  let absent = all.filter((name) => !cells.includes(name));
  const seen = new Set();
  const last = cells.findLastIndex((cell) => cell);
  const corrected = [];
  cells.forEach((cell, index) => {
    const found = (code, expected) => problems.push({ code, got: cell, expected, letter: letterOf(index) });
    if (!cell || (cell === "errors" && index === last)) corrected.push(cell);
    else if (all.includes(cell)) {
      if (seen.has(cell)) found("header.duplicate");
      else corrected.push(cell);
      seen.add(cell);
    } else {
      const capitals = absent.find((name) => name.toLowerCase() === cell.toLowerCase());
      const meant = capitals ?? closest(cell, absent);
      if (meant === undefined) found("header.extra");
      else {
        found(capitals ? "header.wrong_case" : "header.misspelled", meant);
        absent = absent.filter((name) => name !== meant);
        corrected.push(meant);
      }
    }
  });
  const needed = new Set(columns.filter((column) => column.header !== "optional").map((column) => column.name));
  const missing = absent.filter((name) => needed.has(name));
  for (const name of missing) problems.push({ code: "header.missing", got: "", expected: name });
  const errors = corrected.filter((name) => name === "errors");
  const line = [...corrected.filter((name) => name && name !== "errors"), ...missing, ...errors].join(",");
  return { problems, correctedHeader: problems.length ? line : null };
}

function otherKind(cells, kind, dictionary) {
  const plain = (of) => new Set(dictionary[of].map((column) => lettersAndDigits(column.name)));
  const own = plain(kind);
  const present = new Set(cells.map(lettersAndDigits));
  return Object.keys(dictionary).find((other) => {
    const others = plain(other);
    const only = (these, those) => [...these].some((name) => !those.has(name) && present.has(name));
    return other !== kind && only(others, own) && !only(own, others);
  });
}

function lettersAndDigits(name) {
  return name.replace(/[_\-\s]/g, "").toLowerCase();
}

function closest(cell, absent) {
  let best;
  absent.forEach((name, order) => {
    const same = lettersAndDigits(name) === lettersAndDigits(cell);
    if (!same && Math.abs(name.length - cell.length) > 2) return;
    const apart = distance(cell, name);
    if ((same || apart <= 2) && (!best || apart < best.apart)) best = { apart, order, name };
  });
  return best?.name;
}

/** The unrestricted Damerau-Levenshtein distance (Lowrance and Wagner 1975), as the server takes it. */
function distance(one, other) {
  const far = one.length + other.length;
  const lastRowOf = new Map();
  const costs = Array.from({ length: one.length + 2 }, () => new Array(other.length + 2).fill(0));
  for (let i = 0; i <= one.length; i++) [costs[i + 1][0], costs[i + 1][1]] = [far, i];
  for (let j = 0; j <= other.length; j++) [costs[0][j + 1], costs[1][j + 1]] = [far, j];
  costs[0][0] = far;
  for (let i = 1; i <= one.length; i++) {
    let lastMatch = 0;
    for (let j = 1; j <= other.length; j++) {
      const row = lastRowOf.get(other[j - 1]) ?? 0;
      const column = lastMatch;
      const same = one[i - 1] === other[j - 1];
      if (same) lastMatch = j;
      costs[i + 1][j + 1] = Math.min(
        costs[i][j] + (same ? 0 : 1),
        costs[i + 1][j] + 1,
        costs[i][j + 1] + 1,
        costs[row][column] + (i - row - 1) + 1 + (j - column - 1),
      );
    }
    lastRowOf.set(one[i - 1], i);
  }
  return costs[one.length + 1][other.length + 1];
}

/** The letter that a spreadsheet gives the column. */
function letterOf(index) {
  let letters = "";
  for (let number = index + 1; number; number = Math.floor((number - 1) / 26)) {
    letters = String.fromCharCode(65 + ((number - 1) % 26)) + letters;
  }
  return letters;
}
