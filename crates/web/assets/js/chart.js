// Draws the charts of a page from the JSON beside each table (see src/chart.rs for its shape).
// Loaded only by pages that hold a chart; without it the table says the same.
import * as echarts from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { option } from "./chart_option.js";

echarts.use([BarChart, LineChart, GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const drawn = new Map();

function drawAll() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    if (!drawn.has(box)) draw(box);
  }
  for (const [box, chart] of drawn) {
    if (!box.isConnected) {
      chart.dispose();
      drawn.delete(box);
    }
  }
}

function draw(box) {
  const source = document.getElementById(box.dataset.chart);
  if (!source) return;
  const chart = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
  chart.setOption(option(JSON.parse(source.textContent), tokens(), box.clientWidth));
  drawn.set(box, chart);
}

function redraw() {
  for (const [box, chart] of drawn) {
    const source = document.getElementById(box.dataset.chart);
    chart.resize();
    chart.setOption(option(JSON.parse(source.textContent), tokens(), box.clientWidth), { notMerge: true });
  }
}

// Colours and type come from the style sheet, so that dark mode and print need no second list.
function tokens() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    soft: read("--ink-soft"),
    line: read("--line"),
    strong: read("--line-strong"),
    paper: read("--paper"),
    font: getComputedStyle(document.body).fontFamily,
    series: Array.from({ length: 8 }, (_, index) => read(`--series-${index + 1}`)),
  };
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
window.addEventListener("resize", redraw);
window.addEventListener("beforeprint", redraw);
window.addEventListener("afterprint", redraw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener?.("change", redraw);
