// The explorer: a question from its controls and its address, answers as chart, legend, table and calls.

import { address, ask, Problem } from "../api.js";
import { combobox } from "../combobox.js";
import { byId, copy, h } from "../dom.js";
import { askAgain, withKey } from "../key.js";
import * as calls from "./calls.js";
import { Card, told } from "./cards.js";
import { Catalogue, named, SERIES } from "./catalogue.js";
import { chart, colour } from "./chart.js";
import { plots } from "./plots.js";
import { read, USUAL, write } from "./state.js";
import { Symbols } from "./symbols.js";
import * as views from "./views.js";

const PALETTE = 8;
const FIRST = { sma: { period: "50" }, rsi: {} };
const INTERVALS = { "1d": "days", "1w": "weeks", "1mo": "months" };
const FIELDS = ["interval", "adjust", "start", "end", "limit"];
const state = read(location.hash);
const known = new Map(); // answers by address, so that a change asks for what is new and no more
let catalogue;
let symbols;
let drawing;
let cards = [];
let shown = null;
let row = null;
let asked = 0;
let drawn = "";

withKey(begin);

async function begin(me) {
  try {
    if (state.symbol) fetchKnown(barsAddress()); // while the catalogue comes
    [catalogue, symbols] = await Promise.all([catalogue ?? Catalogue.load(), symbols ?? new Symbols().load()]);
  } catch (problem) {
    return refuse(problem);
  }
  byId("welcome").hidden = true;
  byId("explore").hidden = false;
  drawing ??= chart(byId("chart"), (at) => point(at ?? last()));
  if (!cards.length) start(me);
  return refresh();
}

function start(me) {
  state.symbol ||= symbols.first[0]?.symbol ?? "";
  if (!location.hash) {
    for (const [id, options] of Object.entries(FIRST)) {
      if (catalogue.byId.has(id) && (me.indicators?.includes(id) ?? true)) state.indicators.push({ id, options: { ...options } });
    }
  }
  setUp(me);
  for (const { id, options } of state.indicators) {
    if (catalogue.byId.has(id)) add(id, options);
    else refuse(new Problem({ title: "No such indicator", detail: `The address names ${id}; the catalogue has none of that id.` }));
  }
  keep();
}

function setUp(me) {
  byId("more-part").open = !matchMedia("(max-width: 900px)").matches;
  const symbol = byId("symbol");
  symbol.value = state.symbol;
  combobox(symbol, {
    find: async (text) => (await symbols.find(text)).map((one) => ({ value: one.symbol, label: one.symbol, note: `${one.first_date} to ${one.last_date}` })),
    pick: (value) => set("symbol", value),
  });
  combobox(byId("add"), {
    clears: true,
    find: (text) => catalogue.search(text).map((one) => ({ value: one.id, label: one.title, note: `${one.id} \u00b7 ${one.family}`, mark: me.indicators && !me.indicators.includes(one.id) ? one.least_tier : null })),
    pick: (id) => {
      add(id, {}).focus();
      changed();
    },
  });
  byId("inputs").replaceChildren(...[...SERIES, ...catalogue.stored(USUAL.interval)].map((value) => h("option", { value })));
  byId("symbols").replaceChildren(...symbols.first.map(({ symbol: value }) => h("option", { value })));
  const intervals = catalogue.intervals.map((value) => h("option", { value }, INTERVALS[value] ?? value));
  byId("interval").replaceChildren(...intervals);
  for (const name of FIELDS) {
    const field = byId(name);
    field.value = state[name];
    field.addEventListener("change", () => {
      if (field.checkValidity()) set(name, field.value || USUAL[name]);
      else field.reportValidity();
    });
  }
  for (const [button, text] of [["copy-curl", "curl"], ["copy-python", "python"]]) byId(button).addEventListener("click", () => copy(byId(text).textContent, byId(button)));
  byId("copy-link").addEventListener("click", () => copy(location.href, byId("copy-link")));
  byId("table-part").addEventListener("toggle", showTable);
  byId("chart").addEventListener("keydown", press);
  byId("chart").addEventListener("blur", async () => (await drawing)?.unpoint());
  document.addEventListener("themechange", () => shown && draw({ keeps: true }));
  addEventListener("hashchange", () => location.hash !== drawn && location.reload());
}

function add(id, options) {
  const card = new Card(catalogue.byId.get(id), options, catalogue, {
    change: changed,
    remove: (gone) => {
      cards = cards.filter((one) => one !== gone);
      gone.element.remove();
      byId("add").focus();
      changed();
    },
  });
  cards.push(card);
  byId("cards").append(card.element);
  return card;
}

function set(name, value) {
  if (state[name] === value) return;
  state[name] = value;
  changed();
}

function changed() {
  keep();
  refresh();
}

/** Put what is on screen into the address. */
function keep() {
  state.indicators = cards.map(({ entry, options }) => ({ id: entry.id, options }));
  drawn = write(state);
  history.replaceState(null, "", drawn);
}

function barsAddress() {
  return address(`/v1/symbols/${encodeURIComponent(state.symbol)}/bars`, stretch());
}

function seriesAddress({ entry, options }) {
  const { pane: _, ...given } = options;
  return address(`/v1/symbols/${encodeURIComponent(state.symbol)}/indicators/${entry.id}`, { ...given, ...stretch() });
}

function stretch() {
  const unusual = (name) => (state[name] === USUAL[name] ? "" : state[name]);
  return { interval: unusual("interval"), adjust: unusual("adjust"), start: state.start, end: state.end, limit: state.limit };
}

function fetchKnown(where) {
  if (!known.has(where)) {
    const answer = ask(where);
    known.set(where, answer);
    answer.catch(() => known.delete(where)); // what failed is asked again
  }
  return known.get(where);
}

/** Ask for what the controls say, and show it. */
async function refresh() {
  asked += 1;
  const mine = asked;
  byId("chart").setAttribute("aria-busy", "true");
  const fit = cards.filter((card) => card.fits);
  const wanted = [barsAddress(), ...fit.map(seriesAddress)];
  const [bars, ...series] = await Promise.allSettled(wanted.map(fetchKnown));
  if (mine !== asked) return; // something else has been asked meanwhile
  byId("chart").setAttribute("aria-busy", "false");
  const answers = [bars, ...series].filter((one) => one.status === "fulfilled").map((one) => one.value);
  if (new Set(answers.map((one) => one.snapshot)).size > 1) { // one was published in between: nothing of two is mixed
    known.clear();
    refresh();
    return;
  }
  for (const where of known.keys()) if (!wanted.includes(where)) known.delete(where);
  if (bars.status === "rejected") {
    refuse(bars.reason);
    return;
  }
  byId("problem").hidden = true;
  const keeps = shown !== null && shown.bars.symbol === bars.value.symbol && shown.bars.interval === bars.value.interval;
  shown = { bars: bars.value, fit, series, wanted };
  draw({ keeps });
}

async function draw({ keeps }) {
  const { bars, fit, series, wanted } = shown;
  const colours = Array.from({ length: PALETTE }, (_, at) => colour(`--s${at + 1}`));
  const answered = fit.flatMap((card, at) => {
    const { status, value } = series[at];
    return status === "fulfilled" ? [{ card, entry: card.entry, options: card.options, label: named(card.entry, card.options), answer: value }] : [];
  });
  shown.plots = plots(bars, answered, colours);
  for (const { card, answer } of answered) card.tell(answer, shown.plots.filter((plot) => plot.of === answer).map((plot) => plot.colour));
  fit.forEach((card, at) => series[at].status === "rejected" && card.refuse(series[at].reason));
  byId("title").textContent = `${bars.symbol} \u00b7 ${byId("interval").selectedOptions[0].text}`;
  byId("freshness").textContent = `Data through ${bars.data_through}, snapshot ${bars.snapshot}${bars.partial ? "; the last bar is not over" : ""}${bars.next_cursor ? "" : "; all bars there are"}`;
  byId("curl").textContent = calls.curl(wanted);
  byId("python").textContent = calls.python(wanted);
  views.legend(bars, shown.plots);
  const drawnOn = await drawing;
  drawnOn?.draw(bars, shown.plots, { keeps });
  byId("chart").hidden = drawnOn === null;
  if (!drawnOn) byId("table-part").open = true;
  showTable();
  point(last());
  performance.mark("shown"); // for who measures
}

function showTable() {
  if (byId("table-part").open && shown) views.table(shown.bars, shown.plots);
}

const last = () => (shown ? shown.bars.columns.date.length - 1 : -1);

function point(at) {
  if (!shown || at === null || at < 0) return;
  row = at;
  views.point(shown.bars, at);
}

async function press(event) {
  const drawnOn = await drawing;
  const moves = { ArrowLeft: row - 1, ArrowRight: row + 1, Home: 0, End: last(), PageUp: row - 20, PageDown: row + 20 };
  const acts = {
    "+": () => drawnOn.zoom(1.4),
    "-": () => drawnOn.zoom(1 / 1.4),
    0: () => drawnOn.fit(),
    s: () => byId("symbol").focus(),
    i: () => byId("add").focus(),
    t: () => { byId("table-part").open = true; byId("table-part").scrollIntoView(); },
    Escape: () => drawnOn.unpoint(),
  };
  if (!drawnOn || !shown || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in moves) {
    const to = Math.min(last(), Math.max(0, moves[event.key]));
    drawnOn.point(to);
    point(to);
    byId("said").textContent = views.spoken(shown.bars, shown.plots, to);
  } else {
    acts[event.key]?.();
  }
}

function refuse(problem) {
  if (problem.status === 401) {
    askAgain(problem);
    return;
  }
  byId("problem").replaceChildren(...told(problem));
  byId("problem").hidden = false;
}
