/** Every word that people read comes from texts/<language>.json; numbers and dates follow the browser. */

const texts = JSON.parse(document.getElementById("texts").textContent);
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const locale = navigator.language || language;
const numbers = new Intl.NumberFormat(locale);
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const clocks = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });

/**
 * The text of a key, its {names} filled in.  A text with forms for numbers is chosen by `count`.
 * @param {string} key
 * @param {Record<string, string | number>} [values] numbers are written as the browser's language does
 */
export function t(key, values = {}) {
  let text = texts[key];
  if (text !== null && typeof text === "object") text = text[plural.select(Number(values.count))] ?? text.other;
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}

/** Whether there is a text of this key. */
export function has(key) {
  return key in texts;
}

/** The text of a key if there is one, else what the server calls it. */
export function named(prefix, name) {
  return has(`${prefix}.${name}`) ? t(`${prefix}.${name}`) : String(name ?? "");
}

/** What an upload is called, be it of no file. */
export function called({ filename, kind }) {
  return filename || named("kind", kind);
}

/** @param {number} value */
export function number(value) {
  return numbers.format(value ?? 0);
}

/** A moment (ISO 8601) in the browser's time zone. */
export function moment(text) {
  return text ? moments.format(new Date(text)) : "";
}

/** The time of day of a Date. */
export function clock(date) {
  return clocks.format(date);
}

/** A day (2026-11-25). */
export function day(text) {
  return text ? days.format(new Date(text)) : "";
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let at = 0;
  for (; bytes >= 1024 && at < units.length - 1; at++) bytes /= 1024;
  const digits = at && bytes < 10 ? 1 : 0;
  const format = { style: "unit", unit: units[at], unitDisplay: at ? "short" : "long", maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, format).format(bytes);
}
