import { expect, test } from "vitest";
import { loadPeer } from "./load-peer.js";

test("a package that is not installed is named, with what to do", async () => {
  const name: string = "sluice-no-such-package";
  const loaded = loadPeer(name, "the store", () => import(/* @vite-ignore */ name));
  await expect(loaded).rejects.toMatchObject({
    code: "unsupported",
    message: `the store needs the package ${name}, which is not installed: npm install ${name}`,
  });
});

test("a package that is broken says so itself", async () => {
  const broken = () => Promise.reject(new Error("cannot be read"));
  await expect(loadPeer("any", "the store", broken)).rejects.toThrow("cannot be read");
});

test("a package that is installed is given", async () => {
  expect((await loadPeer("pg", "the store", () => import("pg"))).default.Pool).toBeTypeOf("function");
});
