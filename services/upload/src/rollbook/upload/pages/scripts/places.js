/** Which page is where: the script that shows it is fetched when it is first needed. */

const PLACES = [
  [/^\/$/, () => import("./pages/upload.js")],
  [/^\/uploads\/(?<id>[^/]+)$/, () => import("./pages/one_upload.js")],
  [/^\/students$/, () => import("./pages/people.js"), { kind: "students" }],
  [/^\/staff$/, () => import("./pages/people.js"), { kind: "staff" }],
  [/^\/classes$/, () => import("./pages/classes.js")],
  [/^\/students\/(?<id>.+)$/, () => import("./pages/record.js"), { kind: "students" }],
  [/^\/staff\/(?<id>.+)$/, () => import("./pages/record.js"), { kind: "staff" }],
  [/^\/classes\/(?<id>.+)$/, () => import("./pages/record.js"), { kind: "classes" }],
  [/^\/districts$/, () => import("./pages/districts.js")],
  [/^\/districts\/(?<id>[^/]+)$/, () => import("./pages/one_district.js")],
  [/^\/history$/, () => import("./pages/history.js")],
  [/^\/history\/(?<id>[^/]+)$/, () => import("./pages/report.js")],
  [/^\/data-dictionary(\/(?<kind>users|demographics))?$/, () => import("./pages/dictionary.js")],
];

/** The places in the navigation, each with the rights of which one is enough; none: everybody. */
const NAVIGATION = [
  { path: "/", text: "nav.upload", roles: ["system", "enrollment"] },
  { path: "/students", text: "nav.students", roles: ["system", "enrollment"] },
  { path: "/staff", text: "nav.staff", roles: ["system", "enrollment"] },
  { path: "/classes", text: "nav.classes", roles: ["system", "enrollment"] },
  { path: "/districts", text: "nav.districts", roles: ["support"] },
  { path: "/history", text: "nav.history", roles: [] },
  { path: "/data-dictionary/users", text: "nav.dictionary", roles: [] },
];

/** Where somebody starts who asks for no page: the first place of the navigation that is theirs. */
export function homeOf(who) {
  return mine(who)[0].path;
}

/** The places of the navigation for somebody. */
export function mine(who) {
  return NAVIGATION.filter((one) => !one.roles.length || one.roles.some((role) => who.roles.includes(role)));
}

/**
 * The page at a path.
 * @returns {{load: () => Promise<{open: Function}>, params: Record<string, string>} | null}
 */
export function placeOf(path) {
  for (const [pattern, load, fixed] of PLACES) {
    const found = pattern.exec(path);
    if (found) {
      const named = Object.entries(found.groups ?? {}).map(([name, value]) => [name, value && decodeURIComponent(value)]);
      return { load, params: { ...Object.fromEntries(named), ...fixed } };
    }
  }
  return null;
}
