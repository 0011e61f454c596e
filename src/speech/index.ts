export { type Sentence, SentenceSplitter, splitSentences } from "./sentences/sentence-splitter.js";
