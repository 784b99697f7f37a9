/** The first records of a CSV text, as the server reads them: quotes open a cell only as its first character. */

/**
 * @param {string} text
 * @param {number} most how many records are wanted
 * @returns {{rows: string[][], lines: string[], isOpen: boolean}} untrimmed cells of each row, and the row as text;
 *   whether a quote in the last row never closes
 */
export function records(text, most) {
  const rows = [];
  const lines = [];
  let at = 0;
  let isOpen = false;
  while (at < text.length && rows.length < most) {
    const begin = at;
    let cells;
    [cells, at, isOpen] = record(text, begin);
    rows.push(cells);
    lines.push(text.slice(begin, at));
  }
  return { rows, lines, isOpen };
}

function record(text, start) {
  const cells = [];
  let at = start;
  let isOpen = false;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      [cell, at, isOpen] = quoted(text, at + 1);
    }
    const plain = at;
    while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
    cells.push(cell + text.slice(plain, at));
    if (text[at] !== ",") break;
    at++;
  }
  return [cells, text[at] === "\r" && text[at + 1] === "\n" ? at + 2 : at + 1, isOpen];
}

function quoted(text, start) {
  let cell = "";
  let at = start;
  while (at < text.length) {
    const end = text.indexOf('"', at);
    if (end < 0) return [cell + text.slice(at), text.length, true];
    cell += text.slice(at, end);
    if (text[end + 1] !== '"') return [cell, end + 1, false];
    cell += '"';
    at = end + 2;
  }
  return [cell, at, true];
}
