// Draws what the page has as data, in the page's own colours, and again when those or the width change.
const TONES = ["accent", "warn", "good", "quiet", "bad"];
const plots = () => document.querySelectorAll("[data-chart]");
const reading = document.createElement("span");
reading.hidden = true;
document.body.append(reading);

// A custom property holds light-dark(…); only an element's computed colour says which of the two it is.
function colour(name) {
  reading.style.color = `var(--${name})`;
  return getComputedStyle(reading).color;
}

// Lines that something is measured against: {x: 0} or {y: 20, text: "enough"}.
function marked(marks, quiet, ink) {
  const line = { color: quiet, width: 1, dash: "dot" };
  const shapes = marks.map(({ x, y }) =>
    x === undefined
      ? { type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line }
      : { type: "line", yref: "paper", y0: 0, y1: 1, x0: x, x1: x, line },
  );
  const annotations = marks
    .filter(({ text }) => text)
    .map(({ x, y, at, text }) => ({
      text,
      showarrow: false,
      font: { size: 11, color: ink },
      ...(x === undefined
        ? { xref: "paper", x: 1, xanchor: "right", y: at ?? y, yanchor: "bottom" }
        : { yref: "paper", y: 1, yanchor: "top", x: at ?? x, xanchor: "left" }),
    }));
  return { shapes, annotations };
}

function draw(plot) {
  const { traces, layout } = JSON.parse(document.getElementById(plot.dataset.chart).textContent);
  const ink = colour("ink");
  const quiet = colour("quiet");
  const line = colour("line");
  const many = traces.length > 1 || layout.legend;
  const narrow = plot.clientWidth < 520;
  const coloured = traces.map((trace, n) => {
    const tone = colour(trace.tone || TONES[n % TONES.length]);
    const bar = (own) => own && { type: "data", color: tone, thickness: 1.5, width: 4, ...own };
    return {
      hoverlabel: { font: { color: ink }, bgcolor: colour("raised"), bordercolor: line },
      ...trace,
      // Past the last tone colours come again, hatched.
      marker: { color: tone, ...(n >= TONES.length && !trace.tone && { pattern: { shape: "/" } }), ...trace.marker },
      line: { color: tone, width: 2, ...trace.line },
      ...(trace.error_x && { error_x: bar(trace.error_x) }),
      ...(trace.error_y && { error_y: bar(trace.error_y) }),
    };
  });
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true, fixedrange: true, separatethousands: true };
  const titled = (own) => ({ ...axis, ...own, title: { text: own?.title ?? "", font: { size: 12, color: quiet }, standoff: 8 } });
  const lying = traces.some((trace) => trace.orientation === "h");
  const { legend: _, tall: __, still, marks, ...rest } = layout;
  Plotly.react(
    plot,
    coloured,
    {
      ...rest,
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: ink },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      margin: { l: 8, r: 8, t: many ? 30 : 8, b: 8 },
      showlegend: many,
      legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom", font: { size: 11 } },
      bargap: 0.25,
      dragmode: false,
      hovermode: "closest",
      xaxis: { ...titled(layout.xaxis), nticks: narrow ? 4 : 8 },
      yaxis: { ...titled(layout.yaxis), ...(lying && { autorange: "reversed", type: "category" }) },
      ...(layout.yaxis2 && { yaxis2: { ...titled(layout.yaxis2), tickmode: "auto", nticks: 5, showgrid: false } }),
      ...marked(marks ?? (still === undefined ? [] : [{ y: still }]), quiet, ink),
    },
    { displayModeBar: false, responsive: true },
  );
}

// A picture to put in a report: with its title, on the ground that it has here.
async function save(plot) {
  const { name } = JSON.parse(document.getElementById(plot.dataset.chart).textContent);
  const ink = colour("ink");
  const layout = { ...plot.layout, paper_bgcolor: colour("surface"), margin: { ...plot.layout.margin, t: 72, l: 24, r: 24, b: 24 } };
  layout.title = { text: name, font: { size: 16, color: ink }, x: 0, xref: "paper", xanchor: "left", y: 0.98, yref: "container", yanchor: "top" };
  const link = document.createElement("a");
  link.href = await Plotly.toImage({ data: plot.data, layout }, { format: "png", width: 960, height: 540, scale: 2 });
  link.download = `${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}.png`;
  link.click();
}

const drawAll = () => plots().forEach(draw);
drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
document.body.addEventListener("htmx:afterSettle", drawAll);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-png]");
  if (button) save(document.querySelector(`[data-chart="${button.dataset.png}"]`));
});
