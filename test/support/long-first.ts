import { BaseSequencer, type TestSpecification } from "vitest/node";

const LONG =
  /\/test\/(browser\/|e2e\/|stores\/|house\/(snippets|browser-bundles)|server\/dialect-table|speech\/recognised|workflows\/dbos)|\/markdown-terminal\./;

/** Begins with the files that take longest, most of which wait for other processes, so that none of them is alone at the end. */
export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
