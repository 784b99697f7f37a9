/** Whoever uses a keyboard or a screen reader keeps their place, whatever a drawing takes away. */

let waiting = null; // what had the focus, and what is around it, while it is disabled

/**
 * Draw a page again.  Where what has the focus is gone, what stands around it has it: a summary, a heading.
 * @param {Element} page
 * @param {() => void} draw
 */
export function keepingFocus(page, draw) {
  const now = document.activeElement;
  const trail = page.contains(now) ? trailOf(now, page) : now === document.body ? waiting : null;
  draw();
  waiting = null;
  if (!trail) return;
  const [held, ...around] = trail;
  if (!held.isConnected) focusWithin(around);
  else if (held.disabled) waiting = trail;
  else if (document.activeElement !== held) held.focus({ preventScroll: true });
}

/** The page is another one: begin at its heading. */
export function focusHeading(page) {
  focus(page.querySelector("h1"), { preventScroll: true });
}

function trailOf(element, page) {
  const trail = [];
  for (let one = element; one && one !== page.parentElement; one = one.parentElement) trail.push(one);
  return trail;
}

function focusWithin(around) {
  const places = around.filter((one) => one.isConnected);
  focus(places.map((one) => one.querySelector(":scope > :is(summary, h1, h2, h3, [tabindex])")).find(Boolean));
}

function focus(place, options) {
  if (place && place.localName !== "summary" && !place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
  place?.focus(options);
}
