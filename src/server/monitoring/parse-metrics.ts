/** One sample of Prometheus's text format. */
export interface MetricSample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

/** `name{labels} value timestamp` (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format). */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)/;
const LABEL = /(?<!\w)([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples in a text; comments and lines of another form are left out. */
export function* parseMetrics(text: string): Generator<MetricSample> {
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const number = Number(value);
    if (!Number.isFinite(number)) continue;
    const named = Array.from(labels.matchAll(LABEL), ([, label = "", quoted = ""]): [string, string] => [
      label,
      quoted.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
    ]);
    yield { name, labels: new Map(named), value: number };
  }
}
