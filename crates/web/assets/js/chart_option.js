// The ECharts option for one chart: pure, from the chart's JSON, the colours, and the width in pixels.

// Two shapes besides colour tell the series apart for those who do not see colour.
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond"];

export function option(chart, tokens, width) {
  const lying = chart.kind === "bars-lying";
  // On a phone the labels take the room; the table still names what runs along.
  const named = !lying && Boolean(chart.x_title) && width >= 560;
  const text = { color: tokens.soft, fontFamily: tokens.font, fontSize: 12 };
  const categories = {
    type: "category",
    data: chart.labels,
    inverse: lying,
    boundaryGap: chart.kind !== "line",
    axisLine: { lineStyle: { color: tokens.strong } },
    axisTick: { show: false },
    axisLabel: { ...text, ...categoryLabels(chart, width, lying) },
    name: named ? chart.x_title : "",
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: text,
  };
  const values = {
    type: "value",
    scale: chart.kind === "line" && Boolean(chart.from_zero === false),
    ...roomForTarget(chart),
    name: chart.y_title,
    nameLocation: "end",
    nameTextStyle: { ...text, align: lying ? "center" : "left" },
    axisLabel: { ...text, formatter: grouped },
    splitLine: { lineStyle: { color: tokens.line } },
  };
  const series = allSeries(chart, tokens, lying);
  return {
    animation: false,
    textStyle: { fontFamily: tokens.font },
    legend: { show: hasLegend(chart), data: chart.series.map((one) => one.name), top: 0, right: 0, icon: "rect", itemWidth: 12, itemHeight: 12, selectedMode: false, textStyle: { ...text, color: tokens.ink } },
    grid: { left: 8, right: rightMargin(chart, width), top: hasLegend(chart) ? 48 : 36, bottom: named ? 28 : 8, containLabel: true },
    xAxis: lying ? values : categories,
    yAxis: lying ? categories : values,
    tooltip: tooltip(chart, tokens),
    series,
  };
}

// Lines carry their names at their ends; only bars of several series need a legend, and lines that end in a forecast.
function hasLegend(chart) {
  return chart.kind === "line" ? isCrowded(chart) : chart.series.length > 1;
}

function isCrowded(chart) {
  return chart.kind === "line" && Boolean(chart.forecast) && chart.series.filter((one) => !one.dashed).length > 1;
}

// A few long names are broken rather than left out; of many bars each name has one line, and many points are thinned.
function categoryLabels(chart, width, lying) {
  if (lying) return { width: width / 3, overflow: chart.labels.length > 8 ? "truncate" : "break" };
  const room = (width - 80) / Math.max(chart.labels.length, 1);
  return chart.kind !== "line" && room >= 36 ? { interval: 0, width: room - 4, overflow: "break" } : { hideOverlap: true };
}

// A target beyond every value still has to be seen, with room for its words.
function roomForTarget(chart) {
  if (!chart.target) return {};
  const target = Number(chart.target.value);
  const room = (min, max) => Math.max((Math.max(max, target) - Math.min(min, target)) * 0.1, Math.abs(target) * 0.01);
  const range = { max: ({ min, max }) => (target >= max ? Number((target + room(min, max)).toPrecision(3)) : null) };
  if (chart.from_zero === false) range.min = ({ min, max }) => (target <= min ? Number((target - room(min, max)).toPrecision(3)) : null);
  return range;
}

function allSeries(chart, tokens, lying) {
  const stacked = chart.kind === "stacked";
  const list = chart.series.map((one, index) => {
    const colour = tokens.series[index % 8];
    return chart.kind === "line" ? line(one, colour, index, tokens) : bars(one, colour, chart, stacked, lying, tokens);
  });
  if (chart.forecast && list.length > 0) list[0].endLabel.offset = [-32, -14];
  if (isCrowded(chart)) list.forEach((one) => (one.endLabel.show = false));
  if (chart.target && list.length > 0) list[0].markLine = targetLine(chart.target, tokens, lying);
  const pieces = list.flatMap((one) => stretches(one, chart.breaks ?? []));
  if (chart.forecast) pieces.push(...forecast(chart, tokens));
  return pieces;
}

// A line that begins anew, as a sum of the year does each January, is drawn in stretches; the last one bears the name.
function stretches(one, breaks) {
  const edges = [0, ...breaks, one.data.length];
  return edges.slice(1).map((end, index) => ({
    ...one,
    data: one.data.map((value, at) => (at >= edges[index] && at < end ? value : null)),
    endLabel: end === one.data.length ? one.endLabel : undefined,
    markLine: index === 0 ? one.markLine : undefined,
  }));
}

function line(one, colour, index, tokens) {
  return {
    type: "line",
    name: one.name,
    data: numbers(one.values),
    // A planned course is known only at its own dates; what was observed keeps its gaps.
    connectNulls: one.dashed,
    symbol: SYMBOLS[index % SYMBOLS.length],
    symbolSize: 6,
    showSymbol: one.values.length <= 36,
    lineStyle: { width: 2, color: colour, type: one.dashed ? [4, 4] : "solid" },
    itemStyle: { color: colour },
    // The names of a planned course and of a forecast stand off the line's own, for all often end at one point.
    endLabel: { show: true, formatter: "{a}", color: colour, fontFamily: tokens.font, fontSize: 12, distance: 6, offset: [0, one.dashed ? 12 : -6] },
  };
}

function bars(one, colour, chart, stacked, lying, tokens) {
  const single = chart.series.length === 1;
  const crowded = chart.labels.length > 24;
  return {
    type: "bar",
    name: one.name,
    data: numbers(one.values),
    stack: stacked ? "all" : undefined,
    barMaxWidth: lying ? 18 : 36,
    itemStyle: { color: colour, borderColor: tokens.paper, borderWidth: stacked ? 1 : 0 },
    label: single
      ? { show: !crowded, position: lying ? "right" : "top", color: tokens.ink, fontFamily: tokens.font, formatter: ({ value }) => grouped(value) }
      : { show: false },
    emphasis: { disabled: true },
  };
}

function targetLine(target, tokens, lying) {
  const at = Number(target.value);
  return {
    silent: true,
    symbol: "none",
    lineStyle: { type: [6, 4], color: tokens.ink, width: 1.5 },
    label: { formatter: target.label, position: lying ? "end" : "insideStartTop", color: tokens.ink, fontFamily: tokens.font, fontSize: 12 },
    data: [lying ? { xAxis: at } : { yAxis: at }],
  };
}

// The band is two stacked lines: the lower bound, invisible, and the width above it, filled.
function forecast(chart, tokens) {
  const { name, values, low, high } = chart.forecast;
  const colour = tokens.series[0];
  const floor = numbers(low);
  const width = numbers(high).map((top, index) => (top === null || floor[index] === null ? null : top - floor[index]));
  const hidden = { type: "line", silent: true, symbol: "none", stack: "forecast-band", lineStyle: { opacity: 0 }, tooltip: { show: false } };
  return [
    { ...hidden, name: "", data: floor },
    { ...hidden, name: "", data: width, areaStyle: { color: colour, opacity: 0.16 } },
    {
      type: "line",
      name,
      data: numbers(values),
      symbol: "emptyCircle",
      symbolSize: 5,
      lineStyle: { type: [3, 3], width: 2, color: colour },
      itemStyle: { color: colour },
      endLabel: { show: true, formatter: "{a}", color: colour, fontFamily: tokens.font, fontSize: 12, distance: 6, offset: [0, -14] },
    },
  ];
}

// Rich text, because the content security policy allows no inline style in HTML.
function tooltip(chart, tokens) {
  return {
    trigger: "axis",
    renderMode: "richText",
    confine: true,
    backgroundColor: tokens.paper,
    borderColor: tokens.strong,
    borderWidth: 1,
    padding: 8,
    textStyle: { color: tokens.ink, fontFamily: tokens.font, fontSize: 13 },
    axisPointer: { type: chart.kind === "line" ? "line" : "shadow", lineStyle: { color: tokens.strong }, shadowStyle: { opacity: 0.08 } },
    formatter: (points) => {
      // Of the stretches of one line, the one that holds the point speaks.
      const values = new Map();
      for (const { seriesName, value } of points) {
        if (seriesName) values.set(seriesName, isKnown(value) ? value : (values.get(seriesName) ?? null));
      }
      const lines = [...values].map(([name, value]) => `${name}  ${spoken(value, chart)}`);
      return [points[0]?.axisValueLabel ?? "", ...lines].join("\n");
    },
  };
}

function isKnown(value) {
  return value !== null && value !== undefined && value !== "-";
}

function spoken(value, chart) {
  return isKnown(value) ? `${grouped(value)} ${chart.unit}` : chart.missing;
}

// Exact values travel as decimal text; a missing one is null and leaves a gap.
function numbers(values) {
  return values.map((value) => (value === null || value === "" ? null : Number(value)));
}

function grouped(value) {
  return value === null || value === undefined ? "" : Number(value).toLocaleString("en-US", { maximumFractionDigits: 4 });
}

// Room at the right for the names at the ends of lines.
function rightMargin(chart, width) {
  if (chart.kind !== "line") return chart.kind === "bars-lying" ? 56 : 24;
  const names = [...chart.series.map((one) => one.name), chart.forecast?.name ?? ""];
  const longest = Math.max(...names.map((name) => [...name].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 12 : 7), 0)));
  return Math.min(longest + 20, width / 3);
}
