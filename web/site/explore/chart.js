// Candles, volume and plots on TradingView's Lightweight Charts.

const RIGHT = 6;
const SHOWN = 180;

/** Return a chart in an element, or null where the library is not installed. `told(row)` hears where the pointer is. */
export async function chart(element, told) {
  let library;
  try {
    library = await import("../vendor/lightweight-charts.js");
  } catch {
    return null;
  }
  return new Chart(library, element, told);
}

class Chart {
  #series = [];
  #bars = null;
  #rows = new Map();

  constructor(library, element, told) {
    this.library = library;
    this.element = element;
    this.chart = library.createChart(element, { autoSize: true, ...look() });
    this.chart.subscribeCrosshairMove(({ time, sourceEvent }) => {
      if (sourceEvent && this.#rows.has(time)) told(this.#rows.get(time)); // not where the keyboard has put it
    });
    element.addEventListener("pointerleave", () => told(null));
    document.addEventListener("themechange", () => this.chart.applyOptions(look()));
  }

  /** Draw; `keeps` leaves the stretch of time that is in view. */
  draw(bars, plots, { keeps }) {
    const view = keeps && this.#bars ? this.chart.timeScale().getVisibleRange() : null;
    this.#bars = bars;
    this.#rows = new Map(bars.columns.date.map((day, at) => [day, at]));
    for (const one of this.#series) this.chart.removeSeries(one);
    while (this.chart.panes().length > 1) this.chart.removePane(this.chart.panes().length - 1);
    const names = ["price", ...new Set(plots.map((plot) => plot.pane).filter((name) => name !== "price"))];
    this.#series = [...this.#candles(bars)];
    for (const plot of plots) this.#add(plot, names.indexOf(plot.pane));
    this.chart.panes().forEach((pane, at) => pane.setStretchFactor(at ? 1 : 3));
    if (view) this.chart.timeScale().setVisibleRange(view);
    else this.fit(Math.min(SHOWN, Math.round(this.element.clientWidth / RIGHT)));
  }

  /** Show the newest bars; all of them unless told how many. */
  fit(count = Infinity) {
    const all = this.#bars?.columns.date.length ?? 0;
    this.chart.timeScale().setVisibleLogicalRange({ from: Math.max(-0.5, all - count), to: all + 1 });
  }

  /** Show more bars (`by` below 1) or fewer. */
  zoom(by) {
    const view = this.chart.timeScale().getVisibleLogicalRange();
    if (view) this.chart.timeScale().setVisibleLogicalRange({ from: view.to - (view.to - view.from) / by, to: view.to });
  }

  /** Put the crosshair on a row, and bring it into view. */
  point(row) {
    const view = this.chart.timeScale().getVisibleLogicalRange();
    const width = view.to - view.from;
    if (row < view.from) this.chart.timeScale().setVisibleLogicalRange({ from: row - 2, to: row - 2 + width });
    if (row > view.to) this.chart.timeScale().setVisibleLogicalRange({ from: row + 2 - width, to: row + 2 });
    const { date, close } = this.#bars.columns;
    this.chart.setCrosshairPosition(close[row], date[row], this.#series[0]);
  }

  unpoint() {
    this.chart.clearCrosshairPosition();
  }

  #candles({ columns }) {
    const { CandlestickSeries, HistogramSeries } = this.library;
    const [rise, fall] = [colour("--rise"), colour("--fall")];
    const candles = this.chart.addSeries(CandlestickSeries, { upColor: rise, downColor: fall, borderVisible: false, wickUpColor: rise, wickDownColor: fall, priceLineVisible: false });
    const { date, open, high, low, close, volume } = columns;
    candles.setData(date.map((time, at) => (close[at] === null ? { time } : { time, open: open[at], high: high[at], low: low[at], close: close[at] })));
    const bars = this.chart.addSeries(HistogramSeries, { priceFormat: { type: "volume" }, priceScaleId: "volume", lastValueVisible: false, priceLineVisible: false });
    bars.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    bars.setData(date.map((time, at) => ({ time, value: volume[at] ?? 0, color: faint(close[at] >= open[at] ? rise : fall) })));
    return [candles, bars];
  }

  #add(plot, pane) {
    const { LineSeries, HistogramSeries, createSeriesMarkers } = this.library;
    const { date } = this.#bars.columns;
    const tints = plot.tinted ? { rise: colour("--rise"), fall: colour("--fall") } : null;
    if (plot.kind === "marks") {
      createSeriesMarkers(this.#series[0], date.flatMap((time, at) => (plot.values[at] ? [mark(time, plot.values[at] > 0)] : [])));
      return;
    }
    const common = { priceLineVisible: false, lastValueVisible: pane > 0, color: tints?.rise ?? plot.colour, priceFormat: { type: "custom", minMove: 1e-6, formatter: short } };
    const one = plot.kind === "columns"
      ? this.chart.addSeries(HistogramSeries, common, pane)
      : this.chart.addSeries(LineSeries, { ...common, lineWidth: 2, crosshairMarkerVisible: false }, pane);
    one.setData(date.map((time, at) => (plot.values[at] === null ? { time } : { time, value: plot.values[at], ...(tints ? { color: plot.values[at] < 0 ? tints.fall : tints.rise } : {}) })));
    this.#series.push(one);
  }
}

function mark(time, rises) {
  return rises
    ? { time, position: "belowBar", shape: "arrowUp", color: colour("--rise") }
    : { time, position: "aboveBar", shape: "arrowDown", color: colour("--fall") };
}

function look() {
  const line = colour("--line");
  return {
    layout: {
      background: { type: "solid", color: colour("--card") },
      textColor: colour("--soft"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      // its own logo brings a style element, which the page's policy keeps out, and tells this host's name to another:
      // the line under the chart names its maker instead
      attributionLogo: false,
      panes: { separatorColor: line, enableResize: true },
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    crosshair: { mode: 0, vertLine: { labelBackgroundColor: colour("--accent") }, horzLine: { labelBackgroundColor: colour("--accent") } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line, rightOffset: RIGHT },
    localization: { dateFormat: "yyyy-MM-dd", locale: "en" },
  };
}

/** Return a colour of the style sheet as the current theme has it. */
export function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const faint = (rgb) => rgb.replace("rgb(", "rgba(").replace(")", ", 0.35)");
const short = (value) => (Math.abs(value) >= 1e6 ? `${(value / 1e6).toFixed(1)}M` : String(Number(value.toPrecision(5))));
