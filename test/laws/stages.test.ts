import { chunkStage } from "../../src/stream/chunk-stage.js";
import { stageLaws } from "./stage-laws.js";

stageLaws("a stage that does nothing", () => ({ push: (event, emit) => emit(event) }));
stageLaws("chunked by token", () => chunkStage(2, "token"));
stageLaws("chunked by word", () => chunkStage(3, "word"));
stageLaws("chunked by char", () => chunkStage(5, "char"));
