import type { Environment } from "../../models/provider.js";
import { firstSet } from "../../models/provider-environment.js";
import { invalid } from "../../stream/error.js";

/** The protocols by which a sidecar is called. */
export type SidecarProtocol = "http" | "grpc";

/** Where a sidecar is. What is given here counts before all of the environment. */
export interface EndpointOptions {
  /** Base URL of its HTTP port. Default `DAPR_HTTP_ENDPOINT`. */
  httpEndpoint?: string;
  /** Its gRPC port: a URL, or `host:port`, which may end in `?tls=true`. Default `DAPR_GRPC_ENDPOINT`. */
  grpcEndpoint?: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default `DAPR_HTTP_PORT`, else 3500. */
  httpPort?: number | string;
  /** Default `DAPR_GRPC_PORT`, else 50001. */
  grpcPort?: number | string;
  /** By which protocol alone the sidecar is called. Default: HTTP, and gRPC where HTTP does not answer. */
  protocol?: SidecarProtocol;
}

/** An address at which a sidecar may answer. */
export interface SidecarAddress {
  protocol: SidecarProtocol;
  /** Without a slash at its end. */
  baseUrl: string;
}

/** Where to look for a sidecar. */
export interface SidecarAddresses {
  /** In the order in which they are asked. */
  addresses: SidecarAddress[];
  /** Whether an option or the environment names it; else these are Dapr's usual ports. */
  named: boolean;
}

const LOOPBACK = "127.0.0.1";
const USUAL_PORTS: Readonly<Record<SidecarProtocol, number>> = { http: 3_500, grpc: 50_001 };
const PROTOCOLS: readonly SidecarProtocol[] = ["http", "grpc"];

/**
 * Where a sidecar may be: what the options say, or else what the environment says, or else Dapr's usual ports.
 *
 * @throws {SluiceError} `invalid-argument` for an invalid address.
 */
export function resolveAddresses(options: EndpointOptions, env: Environment): SidecarAddresses {
  const { protocol } = options;
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    throw invalid("protocol", protocol, PROTOCOLS.join(", "));
  }
  const wanted = protocol === undefined ? PROTOCOLS : [protocol];
  const given = wanted.flatMap((one) => addressOf(one, optionsOf(one, options)));
  if (given.length > 0) return { addresses: given, named: true };
  const set = wanted.flatMap((one) => addressOf(one, variablesOf(one, options.host, env)));
  if (set.length > 0) return { addresses: set, named: true };
  const host = options.host ?? LOOPBACK;
  const usual = wanted.map((one) => ({ protocol: one, baseUrl: `http://${host}:${USUAL_PORTS[one]}` }));
  return { addresses: usual, named: options.host !== undefined };
}

/** A place as somebody named it. */
interface Named {
  endpoint: { field: string; value: string } | undefined;
  port: { field: string; value: string } | undefined;
  host: string;
}

function optionsOf(protocol: SidecarProtocol, options: EndpointOptions): Named {
  const endpoint = protocol === "http" ? options.httpEndpoint : options.grpcEndpoint;
  const port = protocol === "http" ? options.httpPort : options.grpcPort;
  return {
    endpoint: endpoint === undefined ? undefined : { field: `${protocol}Endpoint`, value: endpoint },
    port: port === undefined ? undefined : { field: `${protocol}Port`, value: String(port) },
    host: options.host ?? LOOPBACK,
  };
}

/** As in Dapr's own SDKs, an endpoint of the environment counts only where no host is given. */
function variablesOf(protocol: SidecarProtocol, host: string | undefined, env: Environment): Named {
  const name = protocol.toUpperCase();
  const endpoint = host === undefined ? firstSet([`DAPR_${name}_ENDPOINT`], env) : undefined;
  const port = firstSet([`DAPR_${name}_PORT`], env);
  return {
    endpoint: endpoint && { field: endpoint.name, value: endpoint.value },
    port: port && { field: port.name, value: port.value },
    host: host ?? LOOPBACK,
  };
}

function addressOf(protocol: SidecarProtocol, { endpoint, port, host }: Named): SidecarAddress[] {
  if (endpoint !== undefined) {
    const { field, value } = endpoint;
    return [{ protocol, baseUrl: protocol === "http" ? httpUrl(value, field) : grpcUrl(value, field) }];
  }
  if (port === undefined) return [];
  if (!/^\d+$/.test(port.value) || Number(port.value) < 1 || Number(port.value) > 65_535) {
    throw invalid(port.field, port.value, "a port from 1 to 65535");
  }
  return [{ protocol, baseUrl: `http://${host}:${port.value}` }];
}

function httpUrl(text: string, field: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalid(field, text, "an http or https URL");
  return text.replace(/(?<!\/)\/+$/, "");
}

/** `host:port`, with the forms that Dapr's SDKs take: `dns:` or a scheme before it, `?tls=true` behind it; port 443 by default. */
const GRPC_ENDPOINT =
  /^(?:(?<scheme>https?):\/\/|dns:(?:\/\/[^/]*\/)?)?(?<host>\[[^\]]+\]|[^:/?]+)(?::(?<port>\d+))?\/?(?:\?tls=(?<tls>true|false))?$/;

function grpcUrl(text: string, field: string): string {
  const { scheme, host, port = "443", tls } = GRPC_ENDPOINT.exec(text)?.groups ?? {};
  if (host === undefined) throw invalid(field, text, "a URL or host:port, without unix: and vsock:");
  return `${scheme ?? (tls === "true" ? "https" : "http")}://${host}:${port}`;
}
