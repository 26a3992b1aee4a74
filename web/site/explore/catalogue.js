// The catalogue of indicators: found by words, and what each takes.

import { ask } from "../api.js";

/** Input series that are no stored columns. */
export const SERIES = ["close", "open", "high", "low", "volume", "hl2", "hlc3", "ohlc4", "hlcc4"];
/** Options of a question that are no parameters of an indicator, and what they are when nothing is said. */
export const OPTIONS = { on: "close", against: "", profile: "talib", include_noncausal: "false", pane: "auto" };

/** All indicators. */
export class Catalogue {
  constructor(items) {
    this.items = items;
    this.byId = new Map(items.map((one) => [one.id, one]));
    this.words = items.map((one) =>
      [one.id, one.title, one.family, ...one.elsewhere.map((other) => other.name)].join(" ").toLowerCase(),
    );
    this.intervals = Object.keys(items[0].stored_by_interval);
  }

  static async load() {
    return new Catalogue((await ask("/v1/indicators")).items);
  }

  /** Return the indicators that have all the words, those whose id or title begins with the text first. */
  search(text) {
    const wanted = text.toLowerCase().trim();
    const words = wanted.split(/\s+/);
    const found = this.items.filter((_, at) => words.every((word) => this.words[at].includes(word)));
    const rank = (one) => (one.id === wanted ? 0 : one.id.startsWith(wanted) ? 1 : one.title.toLowerCase().startsWith(wanted) ? 2 : 3);
    return found.sort((one, other) => rank(one) - rank(other));
  }

  /** Return the stored columns of an interval, which an indicator may be computed on. */
  stored(interval) {
    return this.items.flatMap((one) => one.stored_by_interval[interval] ?? []);
  }
}

/** Return the defaults that hold for an indicator as a profile has it. */
export function defaults(entry, options) {
  const ours = Object.fromEntries(entry.parameters.map((one) => [one.name, one.default]));
  return { ...ours, ...entry.profiles[options.profile ?? OPTIONS.profile] };
}

/** Return an indicator's own names for what it takes beside its parameters. */
export function inputs(entry) {
  return {
    on: entry.inputs.includes("on"),
    against: entry.inputs.includes("against"),
    profile: Object.keys(entry.profiles).length > 1,
    include_noncausal: !entry.causal,
  };
}

/** Return what a value may be, in words. */
export function allowed(parameter) {
  if (parameter.choices?.length) return parameter.choices.join(", ");
  return `${parameter.minimum} to ${parameter.maximum}`;
}

/** Return why a value is not allowed, or nothing. */
export function mistake(parameter, text) {
  if (parameter.choices?.length) return parameter.choices.includes(text) ? "" : `one of ${allowed(parameter)}`;
  const number = Number(text);
  const fits = text.trim() !== "" && Number.isFinite(number) && number >= parameter.minimum && number <= parameter.maximum;
  if (!fits || (parameter.type === "integer" && !/^[+-]?\d+$/.test(text.trim()))) {
    return `${parameter.type === "integer" ? "a whole number" : "a number"} from ${allowed(parameter)}`;
  }
  return "";
}

/** Return an indicator in short, as a legend names it: `rsi(9, on hlc3)`. */
export function named(entry, options) {
  const usual = defaults(entry, options);
  const values = entry.parameters
    .filter((one) => !one.convention || (options[one.name] ?? String(usual[one.name])) !== String(usual[one.name]))
    .map((one) => options[one.name] ?? usual[one.name]);
  const rest = ["on", "against"].filter((name) => options[name]).map((name) => `${name} ${options[name]}`);
  const told = [...values, ...rest];
  return told.length ? `${entry.id}(${told.join(", ")})` : entry.id;
}
