import { byId, el, svg } from "./dom.js";

const SPAN = 120000;
const WIDTH = 240;
const HEIGHT = 40;
// Two samples further apart than this have a gap between them: nothing was heard.
const GAP = 5000;

const SERIES = [
  { key: "tokens_per_second", name: "Tokens a second", digits: 1, atLeast: 10, className: "tokens" },
  { key: "running", name: "Running requests", digits: 0, atLeast: 2, className: "running" },
  { key: "waiting", name: "Waiting requests", digits: 0, atLeast: 2, className: "waiting" },
  { key: "edits_in_force", name: "Edits in force", digits: 0, atLeast: 2, className: "edits" },
];

const samples = [];
const charts = [];

/** Makes the empty charts. */
export function startLoad() {
  for (const series of SERIES) {
    const value = el("strong", {}, "–");
    const most = el("span", { class: "most" });
    const area = svg("path", { class: "area" });
    const line = svg("path", { class: "line", "vector-effect": "non-scaling-stroke" });
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", class: series.className },
      svg("line", { class: "ground", x1: 0, y1: HEIGHT - 0.5, x2: WIDTH, y2: HEIGHT - 0.5, "vector-effect": "non-scaling-stroke" }), area, line);
    byId("load").append(el("figure", {}, el("figcaption", {}, el("span", {}, series.name), most, value), picture));
    charts.push({ series, value, most, area, line, picture });
  }
}

/** Adds what the server says of its load. */
export function addLoad(load) {
  const now = Date.now();
  samples.push({ time: now, ...load });
  while (samples[0].time < now - SPAN) {
    samples.shift();
  }

  charts.forEach(chart => draw(chart, now));
}

function draw({ series, value, most, area, line, picture }, now) {
  const points = samples.map(sample => ({ time: sample.time, value: Number(sample[series.key]) || 0 }));
  const highest = Math.max(...points.map(point => point.value));
  const scale = Math.max(series.atLeast, highest);
  const last = points.at(-1).value;
  value.textContent = last.toFixed(series.digits);
  most.textContent = `most ${highest.toFixed(series.digits)}`;
  picture.setAttribute("aria-label", `${series.name}: now ${last.toFixed(series.digits)}, at most ${highest.toFixed(series.digits)} in the last two minutes`);
  const at = point => `${(WIDTH * (1 - (now - point.time) / SPAN)).toFixed(1)},${((HEIGHT - 2) * (1 - point.value / scale) + 1).toFixed(1)}`;
  const parts = pieces(points);
  line.setAttribute("d", parts.map(part => "M" + part.map(at).join("L")).join(""));
  area.setAttribute("d", parts.map(part =>
    `M${at(part[0]).split(",")[0]},${HEIGHT}L${part.map(at).join("L")}L${at(part.at(-1)).split(",")[0]},${HEIGHT}Z`).join(""));
}

function pieces(points) {
  const parts = [];
  for (const point of points) {
    const part = parts.at(-1);
    if (part && point.time - part.at(-1).time < GAP) {
      part.push(point);
    } else {
      parts.push([point]);
    }
  }

  return parts;
}
