import { expect, test } from "vitest";
import { loadPeer } from "./load-peer.js";

function notFound(name: string): () => Promise<never> {
  const error = Object.assign(new Error(`Cannot find package '${name}' imported from /app/a.js`), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  return () => Promise.reject(error);
}

test("a package that is not installed is named, with the command that installs a version that fits", async () => {
  await expect(loadPeer("pg", "the store", { load: notFound("pg") })).rejects.toMatchObject({
    code: "unsupported",
    message: "the store needs the package pg, which is not installed: npm install pg@8",
  });
});

test("the packages that a feature needs together are installed by one command", async () => {
  const together = ["@connectrpc/connect", "@connectrpc/connect-node"];
  const load = notFound("@bufbuild/protobuf");
  await expect(loadPeer("@bufbuild/protobuf", "Dapr", { together, load })).rejects.toThrow(
    "npm install @bufbuild/protobuf@2 @connectrpc/connect@2 @connectrpc/connect-node@2",
  );
});

test("a version that does not fit is said, whether it can be loaded or not", async () => {
  const version = () => "3.12.7";
  const wrong = {
    code: "unsupported",
    message: "the server needs hono ^4.0.0, and 3.12.7 is installed: npm install hono@4",
  };
  await expect(loadPeer("hono", "the server", { version })).rejects.toMatchObject(wrong);
  const load = () => Promise.reject(new Error("Package subpath './tiny' is not defined"));
  await expect(loadPeer("hono", "the server", { version, load })).rejects.toMatchObject(wrong);
});

test("a package that is broken says so itself", async () => {
  const broken = () => Promise.reject(new Error("cannot be read"));
  await expect(loadPeer("pg", "the store", { load: broken })).rejects.toThrow("cannot be read");
});

test("a package whose own dependency is missing says so itself", async () => {
  await expect(loadPeer("pg", "the store", { load: notFound("split2") })).rejects.toThrow(
    "Cannot find package 'split2'",
  );
});

test("what a browser says of a package that is not in its import map is understood", async () => {
  const load = () => Promise.reject(new TypeError('Failed to resolve module specifier "pg"'));
  await expect(loadPeer("pg", "the store", { load })).rejects.toThrow("the store needs the package pg");
});

test("a package that is installed is given", async () => {
  expect((await loadPeer("pg", "the store")).default.Pool).toBeTypeOf("function");
});
