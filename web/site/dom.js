// Makes elements; text is set as text, so that nothing an answer holds is read as markup.

const PROPERTIES = new Set(["textContent", "value", "checked"]);

/** Return an element with listeners (`onclick`), properties, attributes and children; what is null or false is left out. */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function" || PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return the element with an id. */
export const byId = (id) => document.getElementById(id);

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Return a number with thousands marked. */
export const whole = (number) => WHOLE.format(number);

/** Return a value as it is shown beside a chart: six digits or so, and nothing invented for none. */
export function shown(value) {
  if (value === null || value === undefined) return "-";
  if (Math.abs(value) >= 1e5) return WHOLE.format(value);
  return String(Number(value.toPrecision(7)));
}

/** Copy a text, and say so on the button for a moment. */
export async function copy(text, button) {
  const word = button.textContent;
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "Select it and copy";
  }
  button.textContent = said;
  setTimeout(() => { button.textContent = word; }, 1500);
}
