/**
 * What outlives a reload, in this tab's sessionStorage: of the one person who left it there, until it is sent or
 * discarded, and never the cells of people's records (docs/adr/0029).
 */

const PREFIX = "rollbook-kept-";

/** @param {{sub: string, districtId: string}} who @param {string} name @param {unknown} value JSON */
export function keep(who, name, value) {
  sessionStorage.setItem(PREFIX + name, JSON.stringify({ sub: who.sub, districtId: who.districtId, value }));
}

/** The same person's, or null. */
export function kept(who, name) {
  const found = JSON.parse(sessionStorage.getItem(PREFIX + name));
  return found && isOf(found, who) ? found.value : null;
}

export function forget(name) {
  sessionStorage.removeItem(PREFIX + name);
}

/** Nobody finds what somebody else has left. @param {?object} who whose stays; null: nothing does */
export function forgetAllBut(who) {
  for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX))) {
    if (!who || !isOf(JSON.parse(sessionStorage.getItem(key)), who)) sessionStorage.removeItem(key);
  }
}

function isOf(found, who) {
  return found.sub === who.sub && found.districtId === who.districtId;
}
