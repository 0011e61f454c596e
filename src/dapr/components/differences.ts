/** Something that is done otherwise here than in daprd. */
export interface Difference {
  /** What is done here, in one sentence. */
  what: string;
  /** What daprd does, or why it is done otherwise. */
  why: string;
}

/** Where component files and conversation components behave otherwise here than in daprd 1.18. */
export const differences: readonly Difference[] = [
  {
    what: "Answers stream: the RPCs ConverseStreamAlpha1 and ConverseStreamAlpha2, and server-sent events.",
    why: "daprd answers whole (dapr/dapr#8813 is open).",
  },
  {
    what: "`apiKey` in a component's metadata is read where there is no `key`.",
    why: "Many examples write it so; daprd ignores it without a word and then fails, or uses another key.",
  },
  {
    what: "`temperature` and `maxTokens` in a component's metadata are defaults for requests that have none.",
    why: "daprd reads neither, or reads them and does nothing with them.",
  },
  {
    what: "`max_tokens` in a request of Alpha2 limits the answer.",
    why: "It comes to daprd with release 1.19.",
  },
  {
    what: "Messages of the user may hold images, sounds and documents (field `file` of a content), which go to the provider.",
    why: "daprd has text only. Components that take files have the capability FILES in the metadata.",
  },
  {
    what: "A missing temperature is not sent, and one of 0 is.",
    why: "daprd takes the two for the same: it sends 0 to OpenAI's models that do not think, and to other providers nothing.",
  },
  {
    what: "A tool's name as the tool choice is sent to OpenAI as the object that it expects.",
    why: "daprd sends a bare text, which OpenAI refuses.",
  },
  {
    what: "Instructions go to OpenAI's o1 and o3 as such.",
    why: "daprd writes them into the first message of the user, for models that are retired.",
  },
  {
    what: "Tool calls and results go to Mistral and Ollama as such.",
    why: "daprd writes them into the text of messages.",
  },
  {
    what: "`conversation.googleai` speaks Gemini's own protocol, and `endpoint` says where.",
    why: "daprd uses Google's OpenAI-like endpoint, which loses thought signatures.",
  },
  {
    what: "DeepSeek, Hugging Face and Google AI take a missing key from variables of their own (DEEPSEEK_API_KEY, HUGGINGFACE_API_KEY or HF_TOKEN, GEMINI_API_KEY or GOOGLE_API_KEY).",
    why: "daprd takes OPENAI_API_KEY and sends it to them.",
  },
  {
    what: "`conversation.deepseek` has a response cache, and every type has `endpoint`.",
    why: "Nothing speaks against it.",
  },
  {
    what: "An endpoint that is only a host gets the usual path.",
    why: "The vendors' own clients take such endpoints.",
  },
  {
    what: "A response from the cache says that it is simulated, and at most 1,000 answers are kept for each component.",
    why: "It was there whole before it was asked for; daprd's cache has no bound.",
  },
  {
    what: "Finish reasons are the protocol's (`stop`, `length`, `tool_calls`, `content_filter`) for all providers.",
    why: "daprd passes each provider's own word on.",
  },
  {
    what: "Prompt tokens of Anthropic include those of its cache.",
    why: "Then they mean the same for all providers.",
  },
  {
    what: "The retention of the prompt cache goes to OpenAI as its own field.",
    why: "daprd writes it into the metadata.",
  },
  {
    what: "A schema of the answer may use `anyOf` and sub-schemas without a type, and its enums keep their values.",
    why: "daprd drops the whole schema, or turns the values into texts.",
  },
  {
    what: "Roles `tool`, `function` and `generic` of Alpha1 speak as users, and its metadata is not read.",
    why: "A tool's result needs a call, which Alpha1 cannot say; daprd decodes the metadata and uses nothing of it.",
  },
  {
    what: "A call of a provider has limits of its own: 10 s to connect, 2 minutes to the first byte and 1 between two; 10 minutes each for models that think, an hour and half an hour for servers near by.",
    why: "daprd waits for ever where no Resiliency resource says otherwise.",
  },
  {
    what: "Retries of a Resiliency resource end with the first text, reasoning or tool call, and never come after what every attempt would repeat: statuses of 400 to 499 but 408, 409, 425 and 429.",
    why: "Nothing is emitted twice, and nothing is paid for in vain.",
  },
  {
    what: "A Resiliency resource counts wherever it stands in a file of several documents.",
    why: "daprd 1.18 reads a file's first document for one, and passes over the rest: give it a file of its own.",
  },
  {
    what: "Fields of a Resiliency resource that nobody reads, and policies that there are not, are warned about.",
    why: "daprd passes over them.",
  },
  {
    what: `A value such as \`\${OPENAI_API_KEY}\` that nothing was put in the place of is warned about, and for keys the exported variable of the provider wins.`,
    why: "daprd sends it as it stands.",
  },
  {
    what: "Pipes and the like in a resources folder are not read.",
    why: "daprd waits for them.",
  },
  {
    what: "What is refused is answered with `invalid params: REASON`, and JSON that cannot be read in words of our own.",
    why: "daprd says `invalid params%!(EXTRA string=REASON)`, and has Go's words.",
  },
  {
    what: "Web pages are kept out where no token is asked, and slow clients are left.",
    why: "daprd answers whoever reaches its port.",
  },
  {
    what: "A component's own error stands in `details`, and what was not sent to the provider as it was given in `warnings`.",
    why: "daprd says of every error that the component failed, and writes warnings to its log.",
  },
  {
    what: "A reader that leaves counts neither for nor against a circuit breaker.",
    why: "It says nothing about the provider.",
  },
  {
    what: "Secret stores of cloud services are not read.",
    why: "They need a daprd; components that name one wait, as they do in daprd while it is not there.",
  },
  {
    what: "`trustAnchorArn` and `trustProfileArn` of `conversation.aws.bedrock` are refused.",
    why: "The AWS SDK for JavaScript has no IAM Roles Anywhere.",
  },
  {
    what: "Whole answers of providers are put together of their streams.",
    why: "A connection that hangs is found sooner; a provider that does not stream is of no use here.",
  },
  {
    what: "Of a field that stands twice in a request's JSON the last one counts.",
    why: "JavaScript's parser reads it so; daprd refuses the request.",
  },
  {
    what: "The trip of a circuit breaker is the part of CEL that conditions on its counts need.",
    why: "Nothing else is of use there.",
  },
];
