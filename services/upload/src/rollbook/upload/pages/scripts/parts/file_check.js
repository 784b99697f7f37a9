/**
 * A look at the beginning of a file before anything is sent: what it is, its encoding, its header.
 *
 * The server judges the whole file by the same rules and has the last word; this spares the way there and back.
 */

import { records } from "./csv.js";
import { signatureOf } from "./signatures.js";

const LOOKED_AT_BYTES = 256 * 1024;
const ROWS_SEARCHED = 5;
const MAX_HEADER_BYTES = 64 * 1024;
const DELIMITERS = [";", "\t", "|"];
/** What Excel reads above a header, and other spreadsheets leave standing there. */
const SEPARATOR_LINE = /^ *"?(sep=.)"?[,;\t|]* *[\r\n]*$/i;

/**
 * @typedef {{name: string, header: "required" | "conditional" | "optional"}} Column
 * @typedef {{code: string, got?: string | number, expected?: string | number, row?: number, letter?: string, what?: string, line?: string, text?: string}} Found
 *   `text`: the key of a text that says more of it than that of its code
 *
 * @param {Blob} file
 * @param {"users" | "demographics"} kind
 * @param {Record<string, Column[]>} dictionary the columns of each kind
 * @param {number} [maxBytes] the server's own limit
 * @returns {Promise<{problems: Found[], correctedHeader: string | null, encoding: string, sample: string}>}
 */
export async function checkFile(file, kind, dictionary, maxBytes = Infinity) {
  if (file.size > maxBytes) return answer([{ code: "file.too_large", got: file.size, expected: maxBytes }]);
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer());
  const what = signatureOf(bytes);
  if (what) return answer([{ code: "file.not_csv", what }]);
  const isWhole = file.size <= bytes.length;
  const { text, encoding, isBroken } = decoded(bytes, { isWhole });
  if (text.includes("\0")) return answer([{ code: "file.not_csv", what: "binary" }]);
  if (isBroken) return answer([{ code: "file.undecodable" }]);
  if (!tidy(text)) return answer(isWhole ? [{ code: "file.empty" }] : []);
  const { rows, lines, isOpen } = records(text, Infinity);
  const unclosed = isOpen && isWhole ? [{ code: "file.unclosed_quote", row: rows.length }] : [];
  if (isOpen && rows.length === 1) return answer(unclosed);
  if (bytesOf(lines[0], encoding) > MAX_HEADER_BYTES) return answer([endless(lines[0])]);
  const result = headerOf(rows.map((cells) => cells.map(tidy)), lines, kind, dictionary);
  result.problems.push(...unclosed);
  if (isWhole && !result.problems.length && rows.slice(1).every(isBlank)) result.problems.push({ code: "file.no_rows" });
  const sample = encoding === "windows-1252" ? (/[^\s,;"]*[^\x00-\x7f][^\s,;"]*/.exec(text)?.[0] ?? "") : "";
  return { ...result, encoding, sample };
}

function answer(problems) {
  return { problems, correctedHeader: null, encoding: "", sample: "" };
}

/**
 * The beginning of a file as text, without a BOM.
 * @param {Uint8Array} bytes
 * @param {{isWhole?: boolean}} [options] where it is not the whole file, its end may cut a character in two
 * @returns {{text: string, encoding: string, isBroken: boolean}} `isBroken`: no encoding fits
 */
export function decoded(bytes, { isWhole = false } = {}) {
  const starts = (...first) => first.every((byte, index) => bytes[index] === byte);
  const read = (encoding, fatal) => new TextDecoder(encoding, { fatal }).decode(bytes, { stream: !isWhole });
  const utf16 = starts(0xff, 0xfe) ? "utf-16le" : starts(0xfe, 0xff) ? "utf-16be" : null;
  try {
    return { text: read(utf16 ?? "utf-8", true), encoding: utf16 ? "utf-16" : "utf-8", isBroken: false };
  } catch {
    if (utf16) return { text: read(utf16, false), encoding: "utf-16", isBroken: true };
    const text = read("windows-1252", false);
    return { text, encoding: "windows-1252", isBroken: /[\x81\x8d\x8f\x90\x9d]/.test(text) };
  }
}

/** How long the server finds a line: it keeps Windows-1252 as it is, and reads UTF-16 as UTF-8. */
function bytesOf(line, encoding) {
  const text = withoutLineEnd(line);
  return encoding === "windows-1252" ? text.length : new TextEncoder().encode(text).length;
}

/** What is wrong with a first row that is too long to be a header: a quote gone astray, if it has several lines. */
function endless(line) {
  if (/[\r\n]/.test(withoutLineEnd(line))) return { code: "file.unclosed_quote", row: 1 };
  return { code: "file.not_csv", what: "long" };
}

function withoutLineEnd(line) {
  return line.replace(/[\r\n]+$/, "");
}

/** As the dictionary trims: White_Space and U+FEFF (which JavaScript's trim takes too), then NFC. */
function tidy(cell) {
  return cell.replace(/^[\s\u0085]+|[\s\u0085]+$/g, "").normalize("NFC");
}

function isBlank(cells) {
  return cells.every((cell) => !tidy(cell));
}

/** The first row, unless it holds no known name and another reading of it or of a row below does. */
function headerOf(rows, lines, kind, dictionary) {
  const known = new Set(Object.values(dictionary).flat().map((column) => column.name));
  const names = (cells) => new Set(cells.filter((cell) => known.has(cell))).size;
  const separator = SEPARATOR_LINE.exec(lines[0])?.[1];
  for (let row = 1; row <= Math.min(ROWS_SEARCHED, rows.length); row++) {
    const enough = row === 1 || (row === 2 && separator) ? 1 : 3;
    const below = row > 1 ? [{ code: "header.not_first_row", row, line: separator, text: separator && "check.header.below_separator" }] : [];
    if (names(rows[row - 1]) >= enough) return judged(rows[row - 1], kind, dictionary, below, row === 1 ? rows.slice(1) : []);
    for (const delimiter of DELIMITERS) {
      const cells = lines[row - 1].split(delimiter).map((cell) => tidy(tidy(cell).replace(/^"+|"+$/g, "")));
      const wrong = { code: "file.wrong_delimiter", got: delimiter };
      if (names(cells) >= enough) return judged(cells, kind, dictionary, [wrong, ...below]);
    }
  }
  return judged(rows[0], kind, dictionary, [], rows.slice(1));
}

/** `below` are the rows in which a cell below one without a name matters. */
function judged(cells, kind, dictionary, problems, below = []) {
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
    const found = (code, expected, text) => problems.push({ code, got: cell, expected, letter: letterOf(index), text });
    if (!cell) {
      const filled = below.findIndex((row) => row[index]);
      if (filled < 0) corrected.push(cell);
      else problems.push({ code: "header.blank", got: "", letter: letterOf(index), row: filled + 2 });
    } else if (cell === "errors" && index === last) corrected.push(cell);
    else if (all.includes(cell)) {
      if (seen.has(cell)) found("header.duplicate");
      else corrected.push(cell);
      seen.add(cell);
    } else {
      const capitals = absent.find((name) => name.toLowerCase() === cell.toLowerCase());
      const meant = capitals ?? closest(cell, absent);
      if (meant === undefined) {
        const isWholeRow = cell.split(",").filter((name) => all.includes(tidy(name))).length > 1;
        found("header.extra", undefined, isWholeRow ? "check.header.in_one_cell" : undefined);
      }
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
  return { problems, correctedHeader: problems.length ? withAdded(corrected, missing).join(",") : null };
}

/** The names with the missing ones after the last, but before the errors that a corrections file ends with. */
function withAdded(corrected, missing) {
  if (!missing.length) return corrected;
  const names = corrected.filter((name) => name !== "errors");
  const used = names.slice(0, names.findLastIndex((name) => name) + 1);
  return [...used, ...missing, ...corrected.filter((name) => name === "errors")];
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
