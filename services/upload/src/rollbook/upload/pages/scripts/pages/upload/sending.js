/** Sending a file: how far it is, and what holds it up. */

import { get, sendFile } from "../../api.js";
import { pause } from "../../parts/watch.js";
import { session } from "../../sign_in.js";
import { size, t } from "../../texts.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";

const GATEWAY_ALONE = new Set([502, 504]); // a gateway answers for a server that it cannot reach

/** A lost connection, or session, is waited for; the key makes it one upload however often it is sent. */
export async function sendUntilAnswered(state, draw) {
  const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      if (!state.connected) await get("/batch-upload", undefined, state.stop.signal); // a large file is not sent into the dark
      return await sendFile(state.file, {
        kind: state.kind,
        key,
        signal: state.stop.signal,
        onProgress: (sent) => {
          Object.assign(state, { sent, connected: true });
          draw();
        },
      });
    } catch (error) {
      const signedOut = error.status === 401;
      if (error.code !== "unreachable" && !signedOut && !GATEWAY_ALONE.has(error.status)) throw error;
      await state.file.slice(0, 1).arrayBuffer().catch(() => { throw unreadable(state.file); });
      Object.assign(state, { connected: signedOut, sent: 0 });
      draw();
      if (!signedOut) await pause(wait, state.stop.signal);
    }
  }
}

/** It was moved or changed since, or is a folder: no waiting for the connection helps. */
export function unreadable(file) {
  return { code: "unreadable", message: t("upload.unreadable", { name: file.name }) };
}

export function sending(state, acts) {
  return html`<div class="card">
    <h3 id="sending">${t("upload.sending", { name: state.file.name })}</h3>
    <progress max=${state.file.size || 1} .value=${state.sent} aria-labelledby="sending"></progress>
    <p class="quiet">${t("upload.sent", { sent: size(state.sent), all: size(state.file.size) })}</p>
    ${session() ? nothing : html`<p class="note warning" role="alert">${t("upload.signed_out")}</p>`}
    ${state.connected ? nothing : html`<p class="note warning" role="alert">${t("upload.waiting")}</p>`}
    <p><button type="button" @click=${acts.stop}>${t("app.cancel")}</button></p>
  </div>`;
}
