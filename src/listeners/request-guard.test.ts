import { describe, expect, test } from "vitest";
import { isLoopback, requireTokenBeyondLoopback } from "./loopback.js";
import { RequestGuard } from "./request-guard.js";

const OWN = { host: "127.0.0.1:3500" };

describe("without a token", () => {
  const guard = new RequestGuard({ allowedHosts: ["Box"], allowedOrigins: ["https://app.example.com"] });

  test.each([
    [{}],
    [{ host: "localhost" }],
    [{ host: "LOCALHOST:3500" }],
    [{ host: "a.localhost:3500" }],
    [{ host: "127.8.9.1" }],
    [{ host: "[::1]:3500" }],
    [{ host: "box:3500" }],
    [{ host: "host.docker.internal:3500" }],
    [{ ":authority": "localhost:50001" }],
    [{ ...OWN, origin: "http://127.0.0.1:3500" }],
    [{ ...OWN, origin: "https://app.example.com" }],
    [{ ...OWN, "sec-fetch-site": "same-origin" }],
    [{ ...OWN, "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
  ])("%j passes", (headers) => {
    expect(guard.refusal(headers, "POST")).toBeUndefined();
  });

  test.each([
    [{ host: "evil.example.com:3500" }],
    [{ host: "localhost.evil.example.com" }],
    [{ host: "127.0.0.1.evil.example.com" }],
    [{ host: "127.0.0.1@evil.example.com" }],
    [{ host: "192.168.1.5:3500" }],
    [{ host: "0.0.0.0:3500" }],
    [{ host: "127.evil.com" }],
    [{ host: "" }],
    [{ ":authority": "localhost", host: "evil.example.com" }],
    [{ ...OWN, origin: "null" }],
    [{ ...OWN, origin: "" }],
    [{ ...OWN, origin: "http://evil.example.com" }],
    [{ ...OWN, origin: "http://127.0.0.1:5173" }],
    [{ ...OWN, origin: "http://localhost:3500" }],
    [{ ...OWN, origin: "https://app.example.com.evil.com" }],
    [{ ...OWN, "sec-fetch-site": "cross-site" }],
    [{ ...OWN, "sec-fetch-site": "same-site" }],
    [{ ...OWN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }],
  ])("%j is refused", (headers) => {
    expect(guard.refusal(headers, "GET")).toEqual(expect.any(String));
  });

  test("a link may be followed where that is allowed, and only that", () => {
    const linked = new RequestGuard({ links: true });
    const link = { ...OWN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect(linked.refusal(link, "GET")).toBeUndefined();
    expect(linked.refusal(link, "POST")).toEqual(expect.any(String));
    expect(linked.refusal({ ...link, "sec-fetch-dest": "iframe" }, "GET")).toEqual(expect.any(String));
  });

  test("all pages may be allowed, but not all hosts", () => {
    const all = new RequestGuard({ allowedOrigins: ["*"] });
    expect(all.refusal({ ...OWN, origin: "http://evil.example.com" })).toBeUndefined();
    expect(all.refusal({ host: "evil.example.com" })).toEqual(expect.any(String));
  });
});

test.each(["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"])("%s is this machine", (host) => {
  expect(isLoopback(host)).toBe(true);
  expect(() => requireTokenBeyondLoopback(host, undefined)).not.toThrow();
});

test.each(["0.0.0.0", "::", "", "192.168.0.1", "example.com", "127.0.0.1.nip.io", "::ffff:10.0.0.1"])(
  "%s is not, and needs a token",
  (host) => {
    expect(isLoopback(host)).toBe(false);
    expect(() => requireTokenBeyondLoopback(host, "")).toThrow("token");
    expect(() => requireTokenBeyondLoopback(host, "secret")).not.toThrow();
  },
);
