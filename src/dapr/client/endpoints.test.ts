import { describe, expect, test } from "vitest";
import { type EndpointOptions, resolveAddresses } from "./endpoints.js";

function found(options: EndpointOptions, env: Record<string, string> = {}): string {
  const { addresses, named } = resolveAddresses(options, env);
  return `${named ? "" : "usual "}${addresses.map(({ protocol, baseUrl }) => `${protocol} ${baseUrl}`).join(", ")}`;
}

describe("a sidecar is looked for", () => {
  const env = { DAPR_HTTP_PORT: "1", DAPR_GRPC_PORT: "2" };
  const endpoints = {
    ...env,
    DAPR_HTTP_ENDPOINT: "https://dapr.example/",
    DAPR_GRPC_ENDPOINT: "dapr.example:443?tls=true",
  };

  test.each<[string, EndpointOptions, Record<string, string>, string]>([
    ["at Dapr's usual ports", {}, {}, "usual http http://127.0.0.1:3500, grpc http://127.0.0.1:50001"],
    ["at the usual ports of a host", { host: "pi" }, {}, "http http://pi:3500, grpc http://pi:50001"],
    ["by one protocol", { protocol: "grpc" }, {}, "usual grpc http://127.0.0.1:50001"],
    ["at the ports of the environment", {}, env, "http http://127.0.0.1:1, grpc http://127.0.0.1:2"],
    ["at those of one protocol", { protocol: "http" }, env, "http http://127.0.0.1:1"],
    ["where only one port is known", {}, { DAPR_GRPC_PORT: "2" }, "grpc http://127.0.0.1:2"],
    [
      "at the endpoints of the environment first",
      {},
      endpoints,
      "http https://dapr.example, grpc https://dapr.example:443",
    ],
    ["at its ports where a host is given", { host: "pi" }, endpoints, "http http://pi:1, grpc http://pi:2"],
    ["at the options alone, where there are any", { httpPort: 7 }, endpoints, "http http://127.0.0.1:7"],
    ["at ports as text", { httpPort: "7", grpcPort: "8", host: "pi" }, env, "http http://pi:7, grpc http://pi:8"],
    ["at an endpoint rather than a port", { httpEndpoint: "http://a/b/", httpPort: 7 }, {}, "http http://a/b"],
    [
      "not at an empty variable",
      {},
      { DAPR_HTTP_PORT: " " },
      "usual http http://127.0.0.1:3500, grpc http://127.0.0.1:50001",
    ],
  ])("%s", (_, options, variables, expected) => {
    expect(found(options, variables)).toBe(expected);
  });

  test.each([
    ["http://a:1", "http://a:1"],
    ["https://a", "https://a:443"],
    ["a:1", "http://a:1"],
    ["a", "http://a:443"],
    ["a:1?tls=true", "https://a:1"],
    ["dns:a:1", "http://a:1"],
    ["dns://1.1.1.1/a:1", "http://a:1"],
    ["[::1]:1", "http://[::1]:1"],
  ])("at the gRPC endpoint %s", (grpcEndpoint, baseUrl) => {
    expect(found({ grpcEndpoint })).toBe(`grpc ${baseUrl}`);
  });

  test.each<[EndpointOptions, Record<string, string>, string]>([
    [{ httpEndpoint: "ftp://a" }, {}, "httpEndpoint"],
    [{ httpPort: "x" }, {}, "httpPort"],
    [{ grpcPort: 70_000 }, {}, "grpcPort"],
    [{ grpcEndpoint: "vsock:1:2" }, {}, "grpcEndpoint"],
    [{ protocol: "tcp" as "http" }, {}, "protocol"],
    [{}, { DAPR_GRPC_ENDPOINT: "unix:/x" }, "DAPR_GRPC_ENDPOINT"],
    [{}, { DAPR_HTTP_PORT: "x" }, "DAPR_HTTP_PORT"],
  ])("never at %j %j", (options, variables, field) => {
    expect(() => found(options, variables)).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
  });
});
