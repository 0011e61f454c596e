export type Body = Readonly<Record<string, unknown>>;

/** `string`, `number`, `boolean`, `object`, `array`, `strings` or `objects` (arrays of them); several with a bar between. */
export type Kinds = string;

/** A request of a protocol, and the types of its fields. */
export interface Protocol {
  path: string;
  /** A request that is answered. */
  body: Body;
  /** Fields as the vendor's reference documents them, by their paths. */
  fields: Readonly<Record<string, Kinds>>;
  /** Where the protocol's own form of an error names the field. */
  named: (error: Body) => unknown;
}

/** The JSON Schema of a tool's arguments. */
export const schema = { type: "object", properties: {} };
