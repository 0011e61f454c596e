import { askUpstream, type UpstreamPorts, upstreamUrl } from "./upstream-call.js";

/** Ends the daprd behind the sidecar, since an application that is done tells only the sidecar, which is all that it knows. */
export async function shutdownUpstream(ports: UpstreamPorts): Promise<void> {
  const { http, grpc } = ports;
  await askUpstream(ports, async (call) => {
    if (http !== undefined) await fetch(upstreamUrl(http, "/v1.0/shutdown"), { method: "POST", ...call });
    else await grpc?.client.shutdown({}, call);
  });
}
