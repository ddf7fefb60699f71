/** The plot of a study: quality against cost, as SVG that needs no script. */

const PANELS = [
  {
    title: "billion multiply-adds at 1280×720",
    cost: (row) => row.macs720p / 1e9,
  },
  { title: "ms for 320×180, one thread natively", cost: (row) => row.nativeMs },
  {
    title: "ms for 320×180, one WebAssembly worker",
    cost: (row) => row.wasmMs,
  },
];
const PANEL = { width: 300, height: 300, gap: 40, left: 58, top: 44 };
const LEGEND = 210;

const escaped = (text) =>
  text.replace(
    /[&<>]/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign],
  );

export function drawStudy(title, rows) {
  const width = PANEL.left + PANELS.length * (PANEL.width + PANEL.gap) + LEGEND;
  const height = PANEL.top + PANEL.height + 50;
  const quality = linear(
    rows.map(({ psnrY }) => psnrY),
    PANEL.top + PANEL.height,
    PANEL.top,
  );
  const legend = rows.map(
    ({ name }, index) =>
      `<text x="${width - LEGEND + 6}" y="${PANEL.top + 6 + 19 * index}"><tspan font-weight="600">${index + 1}</tspan>  ${escaped(name)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1b1e1d">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${PANEL.left}" y="22" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...PANELS.map((panel, index) =>
      drawPanel(
        panel,
        rows,
        quality,
        PANEL.left + index * (PANEL.width + PANEL.gap),
        index === 0,
      ),
    ),
    ...legend,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, cost }, rows, quality, left, first) {
  const x = logarithmic(rows.map(cost), left, left + PANEL.width);
  const bottom = PANEL.top + PANEL.height;
  const parts = [
    `<rect x="${left}" y="${PANEL.top}" width="${PANEL.width}" height="${PANEL.height}" fill="#fbfaf8" stroke="#dcd9d2"/>`,
  ];
  for (const tick of quality.ticks) {
    const y = quality.at(tick);
    parts.push(
      `<line x1="${left}" x2="${left + PANEL.width}" y1="${y}" y2="${y}" stroke="#dcd9d2"/>`,
    );
    if (first)
      parts.push(
        `<text x="${left - 8}" y="${y + 4}" text-anchor="end">${tick.toFixed(1)}</text>`,
      );
  }
  for (const tick of x.ticks)
    parts.push(
      `<text x="${x.at(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`,
    );
  parts.push(
    `<text x="${left + PANEL.width / 2}" y="${bottom + 38}" text-anchor="middle" fill="#5d6562">${escaped(title)}</text>`,
  );
  if (first)
    parts.push(
      `<text x="${left - 8}" y="${PANEL.top - 8}" text-anchor="end" fill="#5d6562">dB</text>`,
    );
  for (const [index, row] of rows.entries()) {
    const [px, py] = [x.at(cost(row)), quality.at(row.psnrY)];
    parts.push(
      `<circle cx="${px}" cy="${py}" r="9" fill="#0b6e59" fill-opacity="0.85" stroke="#fff"/>`,
    );
    parts.push(
      `<text x="${px}" y="${py + 4}" text-anchor="middle" font-size="10" fill="#fff">${index + 1}</text>`,
    );
  }
  return parts.join("\n");
}

const rounded = (value) => Math.round(value * 10) / 10;

function linear(values, from, to) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [start, end] = [low - 0.08 * (high - low), high + 0.08 * (high - low)];
  const step =
    [0.1, 0.2, 0.5, 1, 2, 5].find((step) => (end - start) / step <= 8) ?? 10;
  const count = Math.floor(end / step) - Math.ceil(start / step) + 1;
  const ticks = Array.from(
    { length: count },
    (_, index) => (Math.ceil(start / step) + index) * step,
  );
  return {
    at: (value) =>
      rounded(from + ((value - start) / (end - start)) * (to - from)),
    ticks,
  };
}

function logarithmic(values, from, to) {
  const [start, end] = [Math.min(...values) / 1.15, Math.max(...values) * 1.15];
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].filter(
    (tick) => tick >= start && tick <= end,
  );
  return {
    at: (value) =>
      rounded(
        from + (Math.log(value / start) / Math.log(end / start)) * (to - from),
      ),
    ticks,
  };
}
