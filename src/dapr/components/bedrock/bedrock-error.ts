import { type ErrorCode, SluiceError } from "../../../stream/error.js";

/** What the SDK's exceptions mean; the second says whether trying again may help. */
const MEANINGS: Readonly<Record<string, readonly [code: ErrorCode, retryable: boolean]>> = {
  AccessDeniedException: ["permission", false],
  CredentialsProviderError: ["authentication", false],
  ExpiredTokenException: ["authentication", false],
  InternalServerException: ["provider-error", true],
  InvalidSignatureException: ["authentication", false],
  ModelErrorException: ["provider-error", false],
  ModelNotReadyException: ["overloaded", true],
  ModelStreamErrorException: ["provider-error", true],
  ModelTimeoutException: ["provider-error", true],
  ResourceNotFoundException: ["not-found", false],
  ServiceQuotaExceededException: ["quota", false],
  ServiceUnavailableException: ["overloaded", true],
  ThrottlingException: ["rate-limited", true],
  TimeoutError: ["connect-failed", true],
  UnrecognizedClientException: ["authentication", false],
  ValidationException: ["rejected", false],
};

/** What the SDK threw, as one of our errors. */
export function bedrockError(thrown: unknown, model: string): SluiceError {
  if (thrown instanceof SluiceError || !(thrown instanceof Error)) return SluiceError.from(thrown);
  const { name, message } = thrown;
  const [code, retryable] = (Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined) ?? ["provider-error", false];
  const { httpStatusCode: status, requestId } = metadataOf(thrown);
  return new SluiceError(tooLong(code, message) ? "context-length" : code, message, {
    cause: thrown,
    retryable,
    model,
    providerCode: name,
    providerMessage: message,
    ...(typeof status === "number" && { status }),
    ...(typeof requestId === "string" && { requestId }),
  });
}

function metadataOf(thrown: Error): { httpStatusCode?: unknown; requestId?: unknown } {
  const metadata: unknown = Reflect.get(thrown, "$metadata");
  return typeof metadata === "object" && metadata !== null ? metadata : {};
}

function tooLong(code: ErrorCode, message: string): boolean {
  return code === "rejected" && /too long|too many (input )?tokens|context (length|window)/i.test(message);
}
