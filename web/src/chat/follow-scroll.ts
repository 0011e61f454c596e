/** Nearer to the end than this is at the end, in pixels. */
const NEAR_PX = 24;

/**
 * How a thread scrolls. A question that was asked goes to the top and stays there; the page follows what arrives only for a
 * reader who has gone to the end, and stops when the reader scrolls up. Nothing else moves it.
 */
export class FollowScroll {
  readonly #scroller: HTMLElement;
  readonly #content: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #onEnd: (atEnd: boolean) => void;
  #following = false;
  #last = 0;
  /** Until when scrolling is the reader's doing. */
  #touchedAt = Number.NEGATIVE_INFINITY;

  /** @param onEnd called with whether the end is in sight. */
  constructor(scroller: HTMLElement, content: HTMLElement, onEnd: (atEnd: boolean) => void) {
    this.#scroller = scroller;
    this.#content = content;
    this.#onEnd = onEnd;
    // It runs after the layout and before the paint of a frame: following costs no layout of its own.
    this.#observer = new ResizeObserver(() => this.#grown());
    this.#measure();
    this.#observer.observe(content);
    this.#observer.observe(scroller);
    scroller.addEventListener("scroll", this.#scrolled, { passive: true });
    for (const type of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      scroller.addEventListener(type, this.#touched, { passive: true });
    }
  }

  /** Puts a turn to the top: it was asked just now. */
  pin(turn: HTMLElement): void {
    this.#following = false;
    this.#moveTo(turn.offsetTop - 12);
  }

  /** Goes to the end, and follows from there. */
  toEnd(): void {
    this.#following = true;
    this.#moveTo(this.#scroller.scrollHeight);
  }

  /** Goes to the end of what was there when the thread was opened. */
  openAtEnd(): void {
    this.#moveTo(this.#scroller.scrollHeight);
  }

  leave(): void {
    this.#observer.disconnect();
  }

  #measure(): void {
    this.#content.style.setProperty("--thread-height", `${this.#scroller.clientHeight}px`);
  }

  #grown(): void {
    this.#measure();
    if (this.#following) this.#moveTo(this.#scroller.scrollHeight);
    this.#notify();
  }

  readonly #touched = (event: Event): void => {
    this.#touchedAt = event.timeStamp;
  };

  readonly #scrolled = (event: Event): void => {
    const { scrollTop } = this.#scroller;
    const up = scrollTop < this.#last - 1;
    this.#last = scrollTop;
    // A scroll some time after the reader has touched anything is the page's own.
    const byReader = event.timeStamp - this.#touchedAt < 1_000;
    if (up && byReader) this.#following = false;
    else if (byReader && this.#atEnd()) this.#following = true;
    this.#notify();
  };

  #moveTo(top: number): void {
    this.#scroller.scrollTop = top;
    this.#last = this.#scroller.scrollTop;
  }

  #atEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #notify(): void {
    this.#onEnd(this.#atEnd());
  }
}
