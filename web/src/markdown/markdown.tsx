import type { ReadonlySignal } from "@preact/signals";
import type { Token } from "marked";
import { Component, type ComponentChildren } from "preact";
import type { Block, Segment } from "./block-stream.js";
import { CodeBlock } from "./code-block.js";
import { Formula } from "./formula.js";
import { inline } from "./inline.js";
import { isMath } from "./math-tokens.js";
import { whenInSight, whenThereIsTime } from "./mount-queue.js";
import "./markdown.css";

/** Markdown, as far as it has arrived. `live` shows where the next words come. */
export function Markdown({ segments, live = false }: { segments: ReadonlySignal<readonly Segment[]>; live?: boolean }) {
  const { value } = segments;
  return (
    <div class="markdown">
      {value.map((segment, index) => (
        <SegmentView
          key={segment.key}
          segment={segment}
          live={live && index === value.length - 1}
          now={index >= value.length - 2}
        />
      ))}
    </div>
  );
}

interface SegmentProps {
  segment: Segment;
  live: boolean;
  /** Whether it is made at once: it is the end of the text. */
  now: boolean;
}

/** About how many characters stand on a line, and how high it is, in rem: for the place of what is not made yet. */
const [LINE_CHARS, LINE_REM] = [80, 1.7];

/**
 * A segment that is the same is not made again: what was shown before costs nothing. Of a long text that is there at once,
 * a segment is made when it comes into sight, or when there is time.
 */
class SegmentView extends Component<SegmentProps, { made: boolean }> {
  #place: HTMLDivElement | null = null;
  #callOff: (() => void)[] = [];

  constructor(props: SegmentProps) {
    super(props);
    this.state = { made: props.now };
  }

  override shouldComponentUpdate({ segment, live, now }: SegmentProps, { made }: { made: boolean }): boolean {
    if (now && !made) this.#make();
    return segment !== this.props.segment || live !== this.props.live || made !== this.state.made;
  }

  override componentDidMount(): void {
    if (this.state.made || this.#place === null) return;
    this.#callOff = [whenInSight(this.#place, this.#make), whenThereIsTime(this.#make)];
  }

  override componentWillUnmount(): void {
    for (const callOff of this.#callOff) callOff();
  }

  override render({ segment, live }: SegmentProps, { made }: { made: boolean }) {
    const { blocks } = segment;
    if (!made) return <div class="segment" ref={this.#takePlace} />;
    return (
      <div class="segment">
        {blocks.map((block, index) => (
          <BlockView key={index} block={block} caret={live && index === blocks.length - 1} />
        ))}
      </div>
    );
  }

  readonly #make = (): void => {
    for (const callOff of this.#callOff) callOff();
    this.setState({ made: true });
  };

  readonly #takePlace = (place: HTMLDivElement | null): void => {
    this.#place = place;
    if (place === null) return;
    const lines = this.props.segment.blocks.reduce((sum, { token }) => sum + 1 + token.raw.length / LINE_CHARS, 0);
    place.style.minHeight = `${Math.round(lines * LINE_REM)}rem`;
  };
}

interface BlockProps {
  block: Block;
  caret: boolean;
}

/** A block whose token is the same is not made again. */
class BlockView extends Component<BlockProps> {
  override shouldComponentUpdate({ block, caret }: BlockProps): boolean {
    return block.token !== this.props.block.token || caret !== this.props.caret;
  }

  override render({ block, caret }: BlockProps) {
    if (block.token.type === "code")
      return <CodeBlock code={block.code} info={block.token.lang} text={block.token.text} />;
    return blockOf(block.token, caret, "auto");
  }
}

/** The end of what has arrived. One small element, so that nothing around it is styled anew. */
function Caret() {
  return <span class="caret" aria-hidden="true" />;
}

/** On which side bullets, the line of a quotation and the first column stand: a block is as its first letter is. */
type Direction = "auto" | undefined;

function blockOf(token: Token, caret: boolean, dir?: Direction): ComponentChildren {
  if (isMath(token)) return <Formula source={token.text} display />;
  const end = caret ? <Caret /> : null;
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return (
        <p>
          {inline(token.tokens)}
          {end}
        </p>
      );
    case "heading":
      return <Heading depth={token.depth}>{inline(token.tokens)}</Heading>;
    case "code":
      return <CodeBlock info={token.lang} text={token.text} />;
    case "blockquote":
      return <blockquote dir={dir}>{blocksOf(token.tokens, caret)}</blockquote>;
    case "list":
      return <List token={token} caret={caret} dir={dir} />;
    case "table":
      return <Table token={token} dir={dir} />;
    case "hr":
      return <hr />;
    case "text":
      return (
        <>
          {token.tokens === undefined ? token.text : inline(token.tokens)}
          {end}
        </>
      );
    case "html":
      return <p class="raw">{token.text.trimEnd()}</p>;
    default:
      return inline([token]);
  }
}

function blocksOf(tokens: readonly Token[] | undefined, caret: boolean): ComponentChildren {
  return tokens?.map((token, index) => blockOf(token, caret && index === tokens.length - 1));
}

/** Headings of an answer stand below those of the page, and skip no level in the usual case of none above the second. */
function Heading({ depth, children }: { depth: number; children: ComponentChildren }) {
  const Tag = depth <= 2 ? "h3" : depth === 3 ? "h4" : "h5";
  return <Tag class={`depth-${Math.min(depth, 4)}`}>{children}</Tag>;
}

function List({ token, caret, dir }: { token: Token; caret: boolean; dir: Direction }) {
  if (token.type !== "list" || !("items" in token)) return null;
  const items = (token.items as readonly ListItem[]).map((item, index, all) => (
    <li key={index} class={item.task ? "task" : undefined}>
      {blocksOf(item.tokens, caret && index === all.length - 1)}
    </li>
  ));
  if (!token.ordered) return <ul dir={dir}>{items}</ul>;
  return (
    <ol dir={dir} start={typeof token.start === "number" ? token.start : 1}>
      {items}
    </ol>
  );
}

interface ListItem {
  task: boolean;
  tokens: Token[];
}

interface Cell {
  text: string;
  tokens: Token[];
  align: "left" | "center" | "right" | null;
}

/** A column with a longer text is not squeezed to a word a line: the table scrolls. */
const LONG_CELL_CHARS = 24;

function Table({ token, dir }: { token: Token; dir: Direction }) {
  if (token.type !== "table" || !("rows" in token)) return null;
  const { header, rows } = token as unknown as { header: Cell[]; rows: Cell[][] };
  const classOf = ({ text, align }: Cell) => {
    const columns = text.replace(/[\u2e80-\uffef]/g, "xx").length;
    return [align, columns > LONG_CELL_CHARS && "long"].filter(Boolean).join(" ") || undefined;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
    <section class="table" dir={dir} tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col" class={cell.align ?? undefined}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, index) => (
                <td key={index} class={classOf(cell)}>
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
