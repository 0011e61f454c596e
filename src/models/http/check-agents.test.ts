import { afterEach, beforeEach, expect, test, vi } from "vitest";

// What Bun has under the name: classes, and nothing in them.
beforeEach(() => {
  vi.resetModules();
  vi.doMock("undici", () => ({
    Agent: class {},
    EnvHttpProxyAgent: class {},
    Pool: class {},
    buildConnector: () => undefined,
    fetch: () => Promise.resolve(new Response("secret")),
  }));
});
afterEach(() => {
  vi.doUnmock("undici");
  vi.resetModules();
});

test("calls go through fetch where undici's agents do nothing, and nothing is warned of", async () => {
  const warned = vi.spyOn(process, "emitWarning");
  const { defaultTransport } = await import("./default-transport.js");
  const transport = await defaultTransport();
  expect(transport.decoding).toBeUndefined();
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

test("a transport of undici's own is refused there", async () => {
  const { nodeTransport } = await import("./default-transport.js");
  await expect(nodeTransport()).rejects.toMatchObject({
    code: "unsupported",
    message: "nodeTransport needs undici, and what this platform has under that name has no agents",
  });
});

test("so are requests whose addresses nobody would look at", async () => {
  const { GuardedFetch } = await import("./guarded-fetch.js");
  const asked = new GuardedFetch({}, "url").request(
    new URL("http://inner.example.com/"),
    {},
    { followRedirects: true, verifyTls: true },
  );
  await expect(asked).rejects.toMatchObject({ code: "unsupported" });
});
