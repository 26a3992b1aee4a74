// A card for each indicator on screen: its parameters as the catalogue declares them, and what the API said of it.

import { h } from "../dom.js";
import { allowed, defaults, inputs, mistake, named, OPTIONS, SERIES } from "./catalogue.js";
import { USUAL } from "./state.js";

const PATIENCE = 500; // milliseconds without a keystroke before a value is asked for
const PANES = { auto: "where its unit fits", price: "on the price", own: "of its own" };
let made = 0;

export class Card {
  #controls = new Map(); // by name: { input, told, hint, check, usual, timer }

  /** `on.change()` is called when the options have changed and are allowed, `on.remove()` when it is to go. */
  constructor(entry, options, catalogue, on) {
    this.entry = entry;
    this.options = options;
    this.catalogue = catalogue;
    this.on = on;
    this.name = `card${++made}`;
    this.title = h("h3", {});
    this.swatches = h("span", { class: "swatches", "aria-hidden": "true" });
    this.source = h("p", { class: "note" });
    this.problem = h("div", { class: "problem", role: "alert", hidden: true });
    const plain = entry.parameters.filter((one) => !one.convention);
    const conventions = entry.parameters.filter((one) => one.convention);
    this.removal = h("button", { type: "button", class: "quiet small", onclick: () => on.remove(this) }, "Remove");
    this.element = h(
      "li",
      { class: "card" },
      h("div", { class: "card-head" }, this.swatches, this.title, this.removal),
      h("p", { class: "note" }, entry.title),
      h("div", { class: "fields" }, plain.map((one) => this.#parameter(one)), this.#against()),
      h(
        "details",
        {},
        h("summary", {}, "More"),
        h("div", { class: "fields" }, conventions.map((one) => this.#parameter(one)), this.#others()),
        h("p", { class: "note" }, entry.meaning, " ", entry.family === "custom" ? null : h("a", { href: `/docs/indicators/${entry.id}` }, "About it")),
        this.source,
      ),
      this.problem,
    );
    this.#rename();
    this.#controls.forEach((control) => this.#mark(control)); // what an address tells may not be allowed
  }

  /** Whether all that would be asked is allowed. */
  get fits() {
    return [...this.#controls].every(([name, { check, usual }]) => !check(this.options[name] ?? usual()));
  }

  focus() {
    (this.#controls.values().next().value?.input ?? this.removal).focus();
  }

  /** Show the colours that its lines have, and where the values come from. */
  tell(answer, colours) {
    this.problem.hidden = true;
    this.swatches.replaceChildren(...colours.map((colour) => {
      const swatch = h("i", {});
      swatch.style.background = colour;
      return swatch;
    }));
    const { memory, lookback } = answer.warmup;
    this.source.textContent = `Values are ${answer.source}; ${lookback} bars of warm-up, memory ${memory}.`;
    this.#controls.forEach((control) => this.#mark(control));
  }

  /** Show what was refused, at the parameter that it is about if it is one of ours. */
  refuse(problem) {
    this.swatches.replaceChildren();
    const control = this.#controls.get(problem.parameter);
    if (control) this.#mark(control, problem.detail);
    this.problem.replaceChildren(...told(problem));
    this.problem.hidden = Boolean(control);
  }

  #parameter(parameter) {
    const { choices, name } = parameter;
    const value = this.options[name] ?? String(defaults(this.entry, this.options)[name]);
    const input = choices?.length
      ? h("select", {}, choices.map((one) => h("option", { value: one }, one)))
      : h("input", {
          type: "number",
          min: parameter.minimum,
          max: parameter.maximum,
          step: parameter.type === "integer" ? 1 : "any",
          inputmode: parameter.type === "integer" ? "numeric" : "decimal",
        });
    input.value = value;
    return this.#field(name, input, {
      hint: choices?.length ? parameter.description : `${parameter.description} ${allowed(parameter)}.`,
      check: (text) => mistake(parameter, text),
      usual: () => String(defaults(this.entry, this.options)[name]),
    });
  }

  #against() {
    if (!inputs(this.entry).against) return null;
    const input = h("input", { spellcheck: "false", list: "symbols", value: this.options.against ?? OPTIONS.against });
    return this.#field("against", input, { hint: "The symbol to compare with.", check: (text) => (text ? "" : "a symbol"), usual: () => OPTIONS.against });
  }

  #others() {
    const takes = inputs(this.entry);
    const choice = (words) => h("select", {}, Object.entries(words).map(([value, word]) => h("option", { value }, word)));
    const fields = [];
    const add = (name, input, hint, check = () => "") => {
      input.value = this.options[name] ?? OPTIONS[name];
      fields.push(this.#field(name, input, { hint, check, usual: () => OPTIONS[name] }));
    };
    if (takes.on) {
      const columns = new Set([...SERIES, ...this.catalogue.stored(USUAL.interval)]);
      add("on", h("input", { list: "inputs", spellcheck: "false" }), "The input: a series of the bars, or a stored column.", (text) => (columns.has(text) ? "" : "no such series or column"));
    }
    if (takes.profile) add("profile", choice(Object.fromEntries(Object.keys(this.entry.profiles).map((one) => [one, one]))), "Whose defaults and conventions hold.");
    if (takes.include_noncausal) add("include_noncausal", choice({ false: "no", true: "yes" }), "Outputs that stand on days before they were known.");
    add("pane", choice(PANES), "Where it is drawn.");
    return fields;
  }

  #field(name, input, { hint, check, usual }) {
    const id = `${this.name}-${name}`;
    input.id = id;
    input.setAttribute("aria-describedby", `${id}-hint`);
    const told = h("small", { id: `${id}-hint`, "aria-live": "polite" }, hint);
    this.#controls.set(name, { input, hint, told, check, usual, timer: null });
    input.addEventListener("input", () => this.#enter(name, PATIENCE));
    input.addEventListener("change", () => this.#enter(name, 0));
    return h("div", { class: "field" }, h("label", { for: id }, name.replaceAll("_", " ")), input, told);
  }

  #enter(name, patience) {
    const control = this.#controls.get(name);
    const { input, check, usual } = control;
    const text = input.value;
    this.#mark(control);
    clearTimeout(control.timer);
    if (check(text) || text === (this.options[name] ?? usual())) return;
    control.timer = setTimeout(() => {
      if (text === usual()) delete this.options[name];
      else this.options[name] = text;
      if (name === "profile") this.#follow();
      this.#rename();
      this.on.change(this);
    }, patience);
  }

  /** Show the defaults of another profile where nothing was chosen. */
  #follow() {
    for (const parameter of this.entry.parameters) {
      const { input, usual } = this.#controls.get(parameter.name);
      if (!(parameter.name in this.options)) input.value = usual();
    }
  }

  /** Show what is wrong with what is entered, or with what was asked, if anything is. */
  #mark({ input, told, hint, check }, refused = "") {
    const wrong = check(input.value);
    const text = refused || (wrong && `Allowed: ${wrong}.`);
    input.setAttribute("aria-invalid", String(Boolean(text)));
    told.textContent = text || hint;
    told.classList.toggle("wrong", Boolean(text));
    const part = input.closest("details");
    if (text && part) part.open = true;
  }

  #rename() {
    this.title.textContent = named(this.entry, this.options);
    this.removal.setAttribute("aria-label", `Remove ${this.title.textContent}`);
  }
}

/** Return a problem as elements: its title, what it says, and what would be allowed. */
export function told(problem) {
  const listed = Array.isArray(problem.allowed) && problem.allowed.length && !problem.detail?.includes(problem.allowed[0]);
  return [
    h("strong", {}, problem.title ?? "Refused"),
    h("p", {}, problem.detail ?? problem.message),
    listed ? h("p", {}, `Allowed: ${problem.allowed.slice(0, 20).join(", ")}`) : null,
    problem.least_tier ? h("p", {}, `The tier ${problem.least_tier} has it.`) : null,
    problem.retryAfter ? h("p", {}, `Try again in ${problem.retryAfter} s.`) : null,
  ].filter(Boolean);
}
