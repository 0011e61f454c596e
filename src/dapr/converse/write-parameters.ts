import { create, fromJson } from "@bufbuild/protobuf";
import {
  type Any,
  anyPack,
  BoolValueSchema,
  DoubleValueSchema,
  StringValueSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import type { JsonValue } from "../../base/json.js";

/** Parameters as the API wants them, each with its type: texts, numbers and flags by their own, all else as a JSON value. */
export function writeParameters(parameters: Readonly<Record<string, JsonValue>>): { [name: string]: Any } {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, pack(value)]));
}

function pack(value: JsonValue): Any {
  switch (typeof value) {
    case "string":
      return anyPack(StringValueSchema, create(StringValueSchema, { value }));
    case "number":
      return anyPack(DoubleValueSchema, create(DoubleValueSchema, { value }));
    case "boolean":
      return anyPack(BoolValueSchema, create(BoolValueSchema, { value }));
    default:
      return anyPack(ValueSchema, fromJson(ValueSchema, value));
  }
}
