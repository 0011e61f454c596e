import type { JsonObject } from "../../base/json.js";
import type { RequestGuard } from "../../listeners/request-guard.js";
import type { GetMetadataResponse } from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";
import type { Report } from "../resources/notice.js";
import type { CallObserver } from "./call-observer.js";
import type { Converser } from "./converser.js";

/** Where a real daprd is that everything but conversations is passed on to. */
export interface Upstream {
  /** Base URL of its HTTP port. */
  http?: string;
  /** Base URL of its gRPC port. */
  grpc?: string;
}

/** What the HTTP and the gRPC side of a sidecar share. */
export interface SidecarCore {
  appId: string;
  /** Asked of every caller but for health checks; `undefined` for none. */
  apiToken: string | undefined;
  /** Keeps web pages out where no token is asked; `undefined` where one is. */
  guard: RequestGuard | undefined;
  /** Of a request's body, in bytes. */
  maxBodyBytes: number;
  upstream: Upstream;
  converser: Converser;
  observer: CallObserver;
  report: Report;
  /** What is known of the sidecar, and of the daprd behind it. */
  metadata(): Promise<GetMetadataResponse>;
  /** The same in the JSON of daprd's HTTP port. */
  metadataJson(): Promise<JsonObject>;
  setMetadata(key: string, value: string): Promise<void>;
  /** Ends the sidecar, after what is being answered now. */
  shutdown(): void;
}
