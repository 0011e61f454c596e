// Screens of a terminal as an SVG that plays them: text, colours, bold, faint, italic and underline (ECMA-48).

const [WIDTH, HEIGHT, PAD] = [8.4, 18, 16];
const COLOURS = ["#24292f", "#e5534b", "#57ab5a", "#c69026", "#539bf5", "#b083f0", "#39c5cf", "#d1d7e0"];
const BRIGHT = ["#768390", "#ff938a", "#8ddb8c", "#eac55f", "#96d0ff", "#dcbdfb", "#76e3ea", "#ffffff"];
const [BACKGROUND, FOREGROUND] = ["#1c2128", "#d1d7e0"];
const ESCAPE = String.fromCharCode(0x1b);
const BELL = String.fromCharCode(0x07);
/** What sets a title or a link (OSC), and what sets a style (SGR). */
const TITLE = new RegExp(`${ESCAPE}\\][^${BELL}${ESCAPE}]*(${BELL}|${ESCAPE}\\\\)`, "g");
const STYLE = new RegExp(`${ESCAPE}\\[([\\d;:]*)m`);
/** The longest that a screen stays, in ms: nobody waits for a terminal that waits. */
const LONGEST_MS = 1_800;

/** @param frames `{ screen, atMs }`, oldest first; the last one stays for two seconds. */
export function animation(frames, { columns, rows }) {
  const lasts = frames.map(({ atMs }, index) => Math.min(LONGEST_MS, (frames[index + 1]?.atMs ?? atMs + 2_000) - atMs));
  const total = lasts.reduce((sum, ms) => sum + ms, 0);
  const [width, height] = [columns * WIDTH + 2 * PAD, rows * HEIGHT + 2 * PAD];
  let at = 0;
  const rules = [];
  const groups = frames.map(({ screen }, index) => {
    const [from, to] = [at, at + lasts[index]];
    at = to;
    const percent = (ms) => `${((ms / total) * 100).toFixed(3)}%`;
    const hidden = from > 0 ? `0%,${percent(from - 0.01)}{visibility:hidden}` : "";
    const after = to < total ? `${percent(to)},100%{visibility:hidden}` : "";
    rules.push(`@keyframes f${index}{${hidden}${percent(from)},${percent(to - 0.01)}{visibility:visible}${after}}`);
    const name = `animation:f${index} ${(total / 1000).toFixed(2)}s step-end infinite`;
    // Where nothing moves, the last screen is shown.
    const still = index === frames.length - 1 ? "" : "visibility:hidden;";
    return `<g style="${still}${name}">${screen.split("\n").map(line).join("")}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="A chat in the terminal">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:${FOREGROUND};white-space:pre}${rules.join("")}
@media (prefers-reduced-motion:reduce){g{animation:none!important}}</style>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
${groups.join("\n")}
</svg>
`;
}

function line(text, row) {
  const spans = spansOf(text);
  if (spans.length === 0) return "";
  const body = spans.map(({ style, text: piece }) =>
    style === "" ? escaped(piece) : `<tspan style="${style}">${escaped(piece)}</tspan>`,
  );
  return `<text x="${PAD}" y="${PAD + (row + 0.8) * HEIGHT}" xml:space="preserve">${body.join("")}</text>`;
}

/** The pieces of a line, each with its style. */
function spansOf(text) {
  const spans = [];
  let state = {};
  let rest = text.replace(TITLE, "");
  while (rest !== "") {
    const found = STYLE.exec(rest);
    const piece = found === null ? rest : rest.slice(0, found.index);
    if (piece !== "") spans.push({ style: styleOf(state), text: piece });
    if (found === null) break;
    state = next(state, found[1].split(/[;:]/).map(Number));
    rest = rest.slice(found.index + found[0].length);
  }
  while (spans.at(-1)?.style === "" && spans.at(-1).text.trim() === "") spans.pop();
  return spans;
}

function next(state, codes) {
  let now = state;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    if (code === 0) now = {};
    else if (code === 1) now = { ...now, bold: true };
    else if (code === 2) now = { ...now, faint: true };
    else if (code === 3) now = { ...now, italic: true };
    else if (code === 4) now = { ...now, underline: true };
    else if (code === 22) now = { ...now, bold: false, faint: false };
    else if (code === 23) now = { ...now, italic: false };
    else if (code === 24) now = { ...now, underline: false };
    else if (code === 39) now = { ...now, colour: undefined };
    else if (code >= 30 && code <= 37) now = { ...now, colour: COLOURS[code - 30] };
    else if (code >= 90 && code <= 97) now = { ...now, colour: BRIGHT[code - 90] };
    else if (code === 38 && codes[index + 1] === 5) {
      now = { ...now, colour: [...COLOURS, ...BRIGHT][codes[index + 2]] };
      index += 2;
    }
  }
  return now;
}

function styleOf({ bold, faint, italic, underline, colour }) {
  return [
    bold && "font-weight:bold",
    faint && "opacity:.65",
    italic && "font-style:italic",
    underline && "text-decoration:underline",
    colour && `fill:${colour}`,
  ]
    .filter(Boolean)
    .join(";");
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
