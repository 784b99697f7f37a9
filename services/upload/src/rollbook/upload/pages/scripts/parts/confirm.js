/** A question before something that is not done by mistake. */

import { html, render } from "../vendor/lit-html/lit-html.js";

/**
 * @param {{title: string, text: string, yes: string, no: string, isLoss?: boolean}} asked `isLoss`: a yes cannot be
 *   taken back, so what a hasty key says is no
 * @param {AbortSignal} signal of the page: who leaves it has not said yes
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, yes, no, isLoss = false }, signal) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "asked");
  render(
    html`<form method="dialog">
      <h2 id="asked">${title}</h2>
      <p>${text}</p>
      <div class="buttons">
        <button class=${isLoss ? "" : "main"} value="yes">${yes}</button>
        <button class=${isLoss ? "main" : ""} value="no" ?autofocus=${isLoss}>${no}</button>
      </div>
    </form>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  signal.addEventListener("abort", () => dialog.close());
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
