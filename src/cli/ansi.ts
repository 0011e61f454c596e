/** Styles of a terminal, as SGR parameters (ECMA-48, 8.3.117): how one begins and how it ends. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  strike: [9, 29],
  cyan: [36, 39],
  yellow: [33, 39],
} as const;

export type Style = keyof typeof STYLES;

/** Begins a style. */
export function begin(style: Style): string {
  return `\u001b[${STYLES[style][0]}m`;
}

/** Ends a style. */
export function end(style: Style): string {
  return `\u001b[${STYLES[style][1]}m`;
}

/** A text in a style, or as it is where there is no colour. */
export function styled(text: string, style: Style, colour: boolean): string {
  return colour && text !== "" ? begin(style) + text + end(style) : text;
}
