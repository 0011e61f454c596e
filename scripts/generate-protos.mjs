// `npm run generate:protos`: makes src/dapr/proto/generated of src/dapr/proto/definitions. It needs protoc on the PATH
// (Debian: protobuf-compiler); the TypeScript plugin is a dev dependency.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root, run } from "./setup.mjs";

const definitions = join(root, "src", "dapr", "proto", "definitions");
const generated = join(root, "src", "dapr", "proto", "generated");
const windows = process.platform === "win32";
const plugin = join(root, "node_modules", ".bin", windows ? "protoc-gen-es.cmd" : "protoc-gen-es");

const files = readdirSync(definitions, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name.endsWith(".proto"))
  .map((entry) => relative(definitions, join(entry.parentPath, entry.name)).split(sep).join("/"))
  .sort();

rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
run("protoc", [
  `--proto_path=${definitions}`,
  `--plugin=protoc-gen-es=${plugin}`,
  `--es_out=${generated}`,
  "--es_opt=target=ts,import_extension=js,erasable_syntax=true",
  ...files,
]);
