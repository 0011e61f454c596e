/** What there is here for types of steps that other programs have. */
const ADVICE: readonly (readonly [advice: string, types: string])[] = [
  [
    "this format runs no code of a document: a template step fills in texts, a function step calls what the program registered",
    "transform code javascript js script jq jsonata lambda code_interpreter",
  ],
  [
    "did you mean llm_structured? Its response_schema says what is to be found",
    "classify classifier question_classifier extract extractor parameter_extractor structured_output json_output",
  ],
  [
    "did you mean llm_chat? Its provider says who is asked",
    "openai anthropic gemini ollama summarize translate text_generation",
  ],
  [
    "did you mean tool, function or http_request? They reach what this format has no step for",
    "email slack notify notification log print search web_search",
  ],
  ["did you mean http_request?", "api rest fetch request webhook"],
  ["did you mean memory_retrieve?", "retriever retrieval knowledge_retrieval rag vector_search"],
  ["did you mean memory_store?", "vector_store embed"],
  ["did you mean condition?", "decision if_else gateway"],
  ["did you mean loop?", "iteration for"],
  ["did you mean parallel?", "fork"],
  ["did you mean merge?", "variable_aggregator"],
  ["did you mean workflow?", "sub_flow subflow subgraph"],
  ["did you mean tts?", "speak"],
  ["did you mean concept_evaluation?", "evaluate judge"],
];

const ELSEWHERE = new Map(ADVICE.flatMap(([advice, types]) => types.split(" ").map((type) => [type, advice] as const)));

/** What this format has for a type of another program; `undefined` for a type that is not known. */
export function adviceFor(type: string): string | undefined {
  return ELSEWHERE.get(type.toLowerCase());
}
