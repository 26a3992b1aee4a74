// What is drawn of the answers, and where: lines among the candles if they are prices near them, else below by unit.

const MARKS = new Set(["signal"]);
const TINTS = "linear-gradient(90deg, var(--rise) 50%, var(--fall) 50%)";
const COLUMNS = new Set(["flag", "direction", "rank", "channels"]);

/**
 * Return a plot for each output: `{ label, output, unit, kind, pane, values, colour, tinted, title, of }`. `answers` are
 * `{ entry, options, label, answer }`, `colours` a palette that is gone through.
 */
export function plots(bars, answers, colours) {
  const rows = new Map(bars.columns.date.map((day, at) => [day, at]));
  const all = [];
  for (const { entry, options, label, answer } of answers) {
    for (const output of entry.outputs.filter((one) => one.name in answer.columns)) {
      const values = aligned(answer.columns, output.name, rows);
      const tinted = isTinted(output);
      all.push({
        label: entry.outputs.length > 1 ? `${label} ${output.name}` : label,
        output,
        unit: output.unit,
        kind: kind(output),
        pane: place(entry, output, options.pane ?? "auto", values, bars.columns.close, label),
        values,
        tinted,
        colour: tinted ? TINTS : colours[all.length % colours.length],
        title: label,
        of: answer,
      });
    }
  }
  return all;
}

function aligned(columns, name, rows) {
  const values = new Array(rows.size).fill(null);
  columns.date.forEach((day, at) => {
    const row = rows.get(day);
    if (row !== undefined) values[row] = columns[name][at];
  });
  return values;
}

function kind(output) {
  if (MARKS.has(output.unit)) return "marks";
  return COLUMNS.has(output.unit) || output.name === "hist" ? "columns" : "line";
}

/** Whether columns say up or down by their sign. */
const isTinted = (output) => kind(output) === "columns" && (output.name === "hist" || output.unit === "direction");

/** Return the pane's name; `price` is that of the candles. */
function place(entry, output, wanted, values, close, label) {
  if (wanted === "price" || MARKS.has(output.unit)) return "price";
  if (wanted === "own") return `${label} ${output.unit}`;
  return output.unit === "price" && isNear(values, close) ? "price" : `${entry.id} ${output.unit}`;
}

/** Whether half of the values are no more than twice and no less than half of the close of their bar. */
function isNear(values, close) {
  const ratios = values.map((value, at) => value / close[at]).filter((ratio, at) => values[at] !== null && Number.isFinite(ratio));
  ratios.sort((one, other) => one - other);
  const median = ratios[Math.floor(ratios.length / 2)];
  return median > 0.5 && median < 2;
}
