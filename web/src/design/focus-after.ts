/** How many frames a change may take to be shown. */
const FRAMES = 60;

/**
 * Gives the focus to an element once a change is shown with which the one that had it goes, or is hidden or disabled: a keyboard and
 * a screen reader would begin at the top of the page again. Whoever has put the focus elsewhere keeps it there.
 *
 * @param find gives the element, which may be new.
 */
export function focusAfter(find: () => HTMLElement | null | undefined): void {
  const before = document.activeElement;
  let frames = 0;
  const look = () => {
    const { activeElement } = document;
    if (activeElement === null || isLost(activeElement)) find()?.focus();
    else if (activeElement === before && ++frames < FRAMES) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The browser itself finds out some time later. */
function isLost(element: Element): boolean {
  return (
    element === document.body || element.matches(":disabled") || !element.checkVisibility({ visibilityProperty: true })
  );
}
