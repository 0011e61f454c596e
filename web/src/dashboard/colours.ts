/** The design's values as a canvas takes them. */
export interface ChartColours {
  axis: string;
  grid: string;
  series: readonly string[];
}

/** The colours as they are where an element stands: those of the theme. */
export function coloursOf(place: HTMLElement): ChartColours {
  const probe = document.createElement("span");
  place.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    axis: read("ink-faint"),
    grid: read("line"),
    series: [1, 2, 3, 4, 5, 6].map((index) => read(`series-${index}`)),
  };
  probe.remove();
  return colours;
}
