// A text field with a list of what fits (the combobox of the ARIA Authoring Practices, with a list to pick from).

import { h } from "./dom.js";

const MOST = 60;

/**
 * Make a field into one. `find(text)` gives options `{ value, label, note, mark }`, now or later; `pick(value)` gets the
 * one that is chosen. `clears` empties the field afterwards, else it shows what was picked.
 */
export function combobox(input, { find, pick, clears = false }) {
  const list = h("ul", { role: "listbox", id: `${input.id}-list`, class: "options", hidden: true, "aria-label": input.labels[0]?.textContent ?? "" });
  input.after(list);
  const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  let options = [];
  let active = -1;
  let asked = 0;

  async function open(text) {
    const mine = ++asked;
    const found = await find(text);
    if (mine !== asked) return;
    options = found.slice(0, MOST);
    active = -1;
    list.replaceChildren(...(options.length ? options.map(row) : [h("li", { class: "none", role: "option", "aria-disabled": "true" }, "nothing found")]));
    show(true);
  }

  function row(option, at) {
    return h(
      "li",
      { role: "option", id: `${list.id}-${at}`, "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => choose(at) },
      h("span", { class: "option-label" }, option.label),
      option.mark ? h("span", { class: "option-mark" }, option.mark) : null,
      option.note ? h("span", { class: "option-note" }, option.note) : null,
    );
  }

  function show(opened) {
    list.hidden = !opened;
    input.setAttribute("aria-expanded", String(opened));
    if (!opened) {
      asked += 1;
      input.removeAttribute("aria-activedescendant");
    }
  }

  function move(to) {
    if (!options.length) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (to + options.length) % options.length;
    const row = list.children[active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  }

  function choose(at) {
    const option = options[at];
    show(false);
    if (!option) return;
    input.value = clears ? "" : option.value;
    pick(option.value);
  }

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => {
    input.select();
    open(""); // what was picked before is not to hide the others
  });
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      show(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (list.hidden) await open("");
      move(active < 0 && step < 0 ? options.length - 1 : active + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (list.hidden) await open(input.value);
      choose(Math.max(active, 0));
    }
  });
}
