import type { OpenQuestion } from "./engine.js";

/** The questions of a run after one was answered. */
export function markAnswered(questions: readonly OpenQuestion[], id: string): OpenQuestion[] {
  return questions.map((question) => (question.id === id ? { ...question, answered: true } : question));
}
