/** Who is signed in. */

const KEY = "rollbook-token";

/** @returns {{token: string, sub: string, name: string, districtId: string, roles: string[], schoolIds: string[] | null, expiresAt: number} | null} */
export function session() {
  const token = sessionStorage.getItem(KEY);
  if (!token) return null;
  const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0))));
  return { token, sub: claims.sub, name: claims.name, districtId: claims.district_id, roles: claims.roles, schoolIds: claims.school_ids ?? null, expiresAt: claims.exp };
}
export function signIn() {}
export async function completeSignIn() { return "/"; }
export function signOut() { sessionStorage.removeItem(KEY); location.assign("/"); }
