/** The first records of a CSV text, as the server reads them: quotes open a cell only as its first character. */

/**
 * @param {string} text
 * @param {number} most how many records are wanted
 * @param {string} [delimiter]
 * @returns {string[][]} untrimmed cells
 */
export function records(text, most, delimiter = ",") {
  const found = [];
  let at = 0;
  while (at < text.length && found.length < most) {
    const [cells, after] = record(text, at, delimiter);
    found.push(cells);
    at = after;
  }
  return found;
}

function record(text, start, delimiter) {
  const cells = [];
  let at = start;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      [cell, at] = quoted(text, at + 1);
    }
    const plain = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
    cells.push(cell + text.slice(plain, at));
    if (text[at] !== delimiter) break;
    at++;
  }
  return [cells, text[at] === "\r" && text[at + 1] === "\n" ? at + 2 : at + 1];
}

function quoted(text, start) {
  let cell = "";
  let at = start;
  while (at < text.length) {
    const end = text.indexOf('"', at);
    if (end < 0) return [cell + text.slice(at), text.length];
    cell += text.slice(at, end);
    if (text[end + 1] !== '"') return [cell, end + 1];
    cell += '"';
    at = end + 2;
  }
  return [cell, at];
}
