// Draws what the page has as data, in the page's own colours, and again when those or the width change.
const TONES = ["accent", "warn", "good", "quiet", "bad"];
const plots = [...document.querySelectorAll("[data-chart]")];
const reading = document.createElement("span");
reading.hidden = true;
document.body.append(reading);

// A custom property holds light-dark(…); only an element's computed colour says which of the two it is.
function colour(name) {
  reading.style.color = `var(--${name})`;
  return getComputedStyle(reading).color;
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
    const error = trace.error_y && { type: "data", color: tone, thickness: 1.5, width: 4, ...trace.error_y };
    return {
      hoverlabel: { font: { color: ink }, bgcolor: colour("raised"), bordercolor: line },
      ...trace,
      marker: { color: tone, ...trace.marker },
      line: { color: tone, width: 2 },
      ...(error && { error_y: error }),
    };
  });
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true, fixedrange: true, separatethousands: true };
  const titled = (own) => ({ ...axis, ...own, title: { text: own?.title ?? "", font: { size: 12, color: quiet }, standoff: 8 } });
  const lying = traces.some((trace) => trace.orientation === "h");
  const { legend: _, tall: __, still, ...rest } = layout;
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
      ...(still !== undefined && {
        shapes: [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: still, y1: still, line: { color: quiet, width: 1, dash: "dot" } }],
      }),
    },
    { displayModeBar: false, responsive: true },
  );
}

const drawAll = () => plots.forEach(draw);
drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
