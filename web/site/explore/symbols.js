// Which symbols there are. All are fetched once while they are few; beyond that, each search asks the API.

import { address, ask } from "../api.js";

const FEW = 1000;
const PATIENCE = 200; // milliseconds without a keystroke before a search is asked, as it costs one of the day

export class Symbols {
  #all = null;
  #searches = new Map();

  /** Fetch the first of them. */
  async load() {
    const { items, next_cursor: more } = await ask(address("/v1/symbols", { limit: FEW }));
    this.first = items;
    if (!more) this.#all = items;
    return this;
  }

  /** Return what contains a text, those that begin with it first. */
  async find(text) {
    const sought = text.trim().toUpperCase();
    const found = this.#all ?? (sought ? await this.#search(sought) : this.first);
    const fits = found.filter(({ symbol }) => symbol.toUpperCase().includes(sought));
    return fits.sort((one, other) => other.symbol.toUpperCase().startsWith(sought) - one.symbol.toUpperCase().startsWith(sought));
  }

  async #search(sought) {
    if (!this.#searches.has(sought)) {
      const patience = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
      this.latest = sought;
      await patience;
      if (this.latest !== sought) return [];
      this.#searches.set(sought, ask(address("/v1/symbols", { search: sought, limit: 60 })).then(({ items }) => items));
    }
    return this.#searches.get(sought);
  }
}
