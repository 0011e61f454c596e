import { useEffect, useRef } from "preact/hooks";

/** The typesetter, loaded with the first formula. */
let temml: Promise<typeof import("temml").default> | undefined;

/** A formula, typeset as MathML; its source until that is loaded, and where it is not understood. */
export function Formula({ source, display }: { source: string; display: boolean }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    let left = false;
    temml ??= import("temml").then((module) => module.default);
    temml.then(
      ({ render }) => {
        if (!left && place.current !== null) typeset(render, source, place.current, display);
      },
      () => {
        temml = undefined;
      },
    );
    return () => {
      left = true;
    };
  }, [source, display]);
  return <span class={display ? "formula display" : "formula"} dir="ltr" ref={place} />;
}

function typeset(render: typeof import("temml").default.render, source: string, place: HTMLElement, display: boolean) {
  try {
    // Nothing that leads out of the page; a macro that grows without end is given up.
    render(source, place, {
      displayMode: display,
      trust: false,
      throwOnError: true,
      maxExpand: 300,
      maxSize: [40, 400],
    });
  } catch {
    place.replaceChildren(display ? `$$${source}$$` : `$${source}$`);
  }
}
