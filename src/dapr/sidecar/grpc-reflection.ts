import { create, type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { Dapr, file_dapr_proto_runtime_v1_dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../proto/generated/grpc/reflection/v1/reflection_pb.js";
import {
  ServerReflection as ServerReflectionAlpha,
  type ServerReflectionRequest as ServerReflectionRequestAlpha,
  type ServerReflectionResponse as ServerReflectionResponseAlpha,
  ServerReflectionResponseSchema as ServerReflectionResponseAlphaSchema,
} from "../proto/generated/grpc/reflection/v1alpha/reflection_pb.js";

/** Tells clients such as grpcurl what the service looks like, in both versions of gRPC's reflection protocol. */
export function reflection(router: ConnectRouter): void {
  const files = new Files(file_dapr_proto_runtime_v1_dapr);
  router.service(ServerReflection, {
    async *serverReflectionInfo(
      requests: AsyncIterable<ServerReflectionRequest>,
    ): AsyncGenerator<ServerReflectionResponse> {
      for await (const request of requests) {
        const messageResponse = answer(request.messageRequest, files);
        yield create(ServerReflectionResponseSchema, { originalRequest: request, messageResponse });
      }
    },
  });
  router.service(ServerReflectionAlpha, {
    async *serverReflectionInfo(
      requests: AsyncIterable<ServerReflectionRequestAlpha>,
    ): AsyncGenerator<ServerReflectionResponseAlpha> {
      for await (const request of requests) {
        const messageResponse = answer(request.messageRequest, files);
        yield create(ServerReflectionResponseAlphaSchema, { originalRequest: request, messageResponse });
      }
    },
  });
}

type Asked = ServerReflectionRequest["messageRequest"] | ServerReflectionRequestAlpha["messageRequest"];

function answer(asked: Asked, files: Files) {
  switch (asked.case) {
    case "listServices": {
      const names = [Dapr.typeName, ServerReflection.typeName, ServerReflectionAlpha.typeName];
      const service = names.map((name) => ({ name }));
      return { case: "listServicesResponse" as const, value: { service } };
    }
    case "fileByFilename":
      return found(files.named(asked.value), asked.value);
    case "fileContainingSymbol":
      return found(files.containing(asked.value), asked.value);
    case "fileContainingExtension":
    case "allExtensionNumbersOfType":
      return failure(`no extensions of ${JSON.stringify(asked.value)}`);
    case undefined:
      return failure("the request asks for nothing");
    default:
      return asked satisfies never;
  }
}

function found(file: DescFile | undefined, asked: string) {
  if (file === undefined) return failure(`not found: ${asked}`);
  const fileDescriptorProto = withImports(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: "fileDescriptorResponse" as const, value: { fileDescriptorProto } };
}

function failure(errorMessage: string) {
  return { case: "errorResponse" as const, value: { errorCode: Code.NotFound, errorMessage } };
}

/** A file and all that it imports, each once. */
function withImports(file: DescFile, seen = new Set<DescFile>()): DescFile[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return [file, ...file.dependencies.flatMap((imported) => withImports(imported, seen))];
}

class Files {
  readonly #files: readonly DescFile[];

  constructor(root: DescFile) {
    this.#files = withImports(root);
  }

  /** By the name of the file, for example `dapr/proto/runtime/v1/dapr.proto`. */
  named(name: string): DescFile | undefined {
    return this.#files.find(({ proto }) => proto.name === name);
  }

  /** By the full name of a service, one of its methods, a message or an enum. */
  containing(symbol: string): DescFile | undefined {
    return this.#files.find(({ services, messages, enums }) => {
      const types = [...services, ...messages, ...enums].map(({ typeName }) => typeName);
      return types.some((name) => symbol === name || symbol.startsWith(`${name}.`));
    });
  }
}
