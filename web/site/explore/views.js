// The same values as text: the legend beside the chart, what a screen reader is told, and the table.

import { byId, h, shown, whole } from "../dom.js";

const BARS = ["open", "high", "low", "close", "volume"];
const PAGE = 100;
let cells = [];
let page = PAGE;

/** Set up the legend of what is drawn: the bar's own values, then those of each indicator. */
export function legend(bars, plots) {
  const own = BARS.map((name) => cell(name, (row) => bars.columns[name][row]));
  const groups = [...Map.groupBy(plots, (plot) => plot.of).values()];
  const others = groups.map((group) =>
    group.map((plot) => cell(group.length > 1 ? plot.output.name : plot.title, (row) => plot.values[row], plot.colour, unitOf(plot))),
  );
  cells = [...own, ...others.flat()];
  const named = groups.map((group, at) => list(others[at], group.length > 1 ? group[0].title : ""));
  byId("legend-values").replaceChildren(list(own, ""), ...named);
}

function list(shownCells, title) {
  return h("div", { class: "group" }, title ? h("span", {}, title) : null, h("dl", {}, shownCells.map((one) => one.element)));
}

/** Show the values of a row. */
export function point(bars, row) {
  byId("legend-date").textContent = bars.columns.date[row] ?? "";
  for (const { told, value } of cells) told.textContent = shown(value(row));
}

/** Return the values of a row as a sentence. */
export function spoken(bars, plots, row) {
  const values = ["close", ...plots.map((plot) => plot.label)];
  const numbers = [bars.columns.close[row], ...plots.map((plot) => plot.values[row])];
  return `${bars.columns.date[row]}: ${values.map((name, at) => `${name} ${numbers[at] === null ? "no value" : shown(numbers[at])}`).join(", ")}`;
}

/** Write the table, newest bar first. */
export function table(bars, plots) {
  page = PAGE;
  const head = h("tr", {}, ["date", ...BARS, ...plots.map((plot) => plot.label)].map((name) => h("th", { scope: "col" }, name)));
  const body = h("tbody", {});
  const more = h("button", { type: "button", class: "quiet", onclick: () => fill() });
  const caption = `${bars.symbol}, ${bars.interval}, newest first`;
  byId("table").replaceChildren(h("table", {}, h("caption", {}, caption), h("thead", {}, head), body), more);
  const last = bars.columns.date.length;
  const fill = () => {
    const from = last - body.rows.length - 1;
    const to = Math.max(-1, from - page);
    for (let row = from; row > to; row -= 1) body.append(line(bars, plots, row));
    page *= 5;
    more.hidden = to < 0;
    more.textContent = `Show more: ${whole(to + 1)} are left`;
  };
  fill();
}

function line(bars, plots, row) {
  const values = [...BARS.map((name) => bars.columns[name][row]), ...plots.map((plot) => plot.values[row])];
  return h("tr", {}, h("th", { scope: "row" }, bars.columns.date[row]), values.map((value) => h("td", {}, shown(value))));
}

function cell(name, value, colour, title) {
  const told = h("dd", {});
  const swatch = colour ? h("i", { "aria-hidden": "true" }) : null;
  if (swatch) swatch.style.background = colour;
  return { told, value, element: h("div", { title }, h("dt", {}, swatch, name), told) };
}

function unitOf({ output, unit }) {
  const shift = output.display_shift;
  const moved = shift ? ` Elsewhere it is drawn ${Math.abs(shift)} bars ${shift > 0 ? "ahead" : "back"}; here on its own day.` : "";
  return `${output.description} Unit: ${unit}.${moved}`;
}
