import { SluiceError } from "../../../stream/error.js";
import type { ComponentKind } from "../component-kind.js";
import type { ComponentSettings } from "../component-settings.js";
import { unfilledVariable } from "../unfilled-variable.js";
import { withComponentDefaults } from "../with-component-defaults.js";
import { bedrockModel } from "./bedrock-model.js";
import { type AwsKeys, loadBedrockSdk, roleCredentials } from "./bedrock-sdk.js";

/** The model where the metadata names none: that of the library that daprd uses. */
const DEFAULT_MODEL = "amazon.titan-text-lite-v1";

/** The component `conversation.aws.bedrock`. It needs the AWS SDK, which applications install themselves. */
export const bedrockKind: ComponentKind = {
  type: "conversation.aws.bedrock",
  async open({ name, settings, importPackage }) {
    const { model, endpoint, temperature, maxTokens } = settings;
    if (settings.other("trustAnchorArn") !== "" || settings.other("trustProfileArn") !== "") {
      throw new SluiceError(
        "unsupported",
        "trustAnchorArn and trustProfileArn: IAM Roles Anywhere is not supported here",
      );
    }
    const sdk = await loadBedrockSdk(importPackage);
    const region = settings.other("region");
    const keys = keysOf(settings);
    const roleArn = settings.other("assumeRoleArn");
    const credentials = roleArn === "" ? keys : await roleCredentials(roleArn, keys, importPackage);
    const client = new sdk.BedrockRuntimeClient({
      ...(region !== "" && { region }),
      ...(endpoint !== "" && { endpoint }),
      ...(credentials !== undefined && { credentials }),
      // Only a Resiliency resource says what is tried again.
      maxAttempts: 1,
    });
    const opened = bedrockModel({ id: name, modelId: model || DEFAULT_MODEL, sdk, client });
    const defaults = {
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
    };
    return { model: withComponentDefaults(opened, defaults), ...(model !== "" && { modelName: model }) };
  },
};

function keysOf(settings: ComponentSettings): AwsKeys | undefined {
  const [accessKeyId, secretAccessKey] = [settings.other("accessKey"), settings.other("secretKey")];
  const sessionToken = settings.other("sessionToken");
  if (accessKeyId === "" || secretAccessKey === "") return undefined;
  // The SDK reads the variables that such values name.
  if (unfilledVariable(accessKeyId) !== undefined || unfilledVariable(secretAccessKey) !== undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== "" && { sessionToken }) };
}
