/** Files that are no text, known by their first bytes, as the server knows them. */

const SIGNATURES = {
  xlsx: ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"],
  xls: ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
  pdf: ["%PDF-"],
  image: ["\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a"],
  archive: ["\x1f\x8b", "BZh", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "\xfd7zXZ\0", "\x28\xb5\x2f\xfd"],
  binary: ["SQLite format 3\0", "PAR1", "{\\rtf"],
};
const MARKUP = ["<?xml", "<!doctype html", "<html"];

/**
 * What the file is, as in the texts `check.what.…`; null where nothing says that it is no CSV.
 * @param {Uint8Array} bytes its beginning
 */
export function signatureOf(bytes) {
  const beginning = String.fromCharCode(...bytes.subarray(0, 100));
  const found = Object.entries(SIGNATURES).find(([, starts]) => starts.some((start) => beginning.startsWith(start)));
  if (found) return found[0];
  const text = beginning.replace(/^\xef\xbb\xbf/, "").trimStart().toLowerCase();
  return MARKUP.some((start) => text.startsWith(start)) ? "page" : null;
}
