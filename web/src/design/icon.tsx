/** Paths of 24 by 24, drawn with strokes. */
const PATHS = {
  chat: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v8a2.5 2.5 0 0 1-2.5 2.5H10l-4.5 3.5V17A2.5 2.5 0 0 1 4 14.5z",
  compare: "M4.5 5h6v14h-6zM13.5 5h6v14h-6z",
  workflow: "M4 4h6v5H4zM14 15h6v5h-6zM7 9v3.5A2.5 2.5 0 0 0 9.5 15H14",
  dashboard: "M4 20h16M6.5 16v-4M11 16V6M15.5 16v-7M20 16v-9",
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7.5 7.5h9v9h-9z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  check: "M5 12.5l4.5 4.5L19 7",
  close: "M6 6l12 12M18 6L6 18",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.4-5.5M19.5 4v4h-4",
  left: "M14.5 6l-6 6 6 6",
  right: "M9.5 6l6 6-6 6",
  down: "M6 9.5l6 6 6-6",
  more: "M5 12a.6.6 0 1 0 1.2 0A.6.6 0 1 0 5 12zM11.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0zM17.8 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0z",
  menu: "M4 7h16M4 12h16M4 17h16",
  sidebar: "M4 5h16v14H4zM9.5 5v14",
  settings: "M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9M15 5.5v4M9 14.5v4",
  attach: "M18 11.5l-6.6 6.6a4 4 0 0 1-5.7-5.7l7.3-7.3a2.7 2.7 0 0 1 3.8 3.8l-7.2 7.2a1.3 1.3 0 0 1-1.9-1.9l6.3-6.3",
  voice: "M5 10v4M8.5 7.5v9M12 4.5v15M15.5 7.5v9M19 10v4",
  mic: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  talk: "M5 14v-2a7 7 0 0 1 14 0v2M5 13.5h3V19H6.5A1.5 1.5 0 0 1 5 17.5zM19 13.5h-3V19h1.5a1.5 1.5 0 0 0 1.5-1.5z",
  speaker: "M5 10v4h3l4 3.5v-11L8 10zM15.5 9.5a4 4 0 0 1 0 5M18 7.5a7 7 0 0 1 0 9",
  shield: "M12 3.5l7 2.5v5.5c0 4-2.8 7-7 9-4.2-2-7-5-7-9V6z",
  tool: "M14.5 6.5a4 4 0 0 1 5-1.2l-2.8 2.8 1.2 1.2 2.8-2.8a4 4 0 0 1-5.4 5L9 18l-3-3 6.5-6.5a4 4 0 0 1 2-2z",
  think: "M9.5 18h5M10.5 21h3M12 3.5a6 6 0 0 0-3.6 10.8c.6.5 1 1.2 1.1 2.2h5c.1-1 .5-1.7 1.1-2.2A6 6 0 0 0 12 3.5z",
  agent: "M6 9.5h12v9H6zM12 9.5V6M12 4.5h.01M9.5 13.5v1M14.5 13.5v1M3.5 13v3M20.5 13v3",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.5h.01",
  question:
    "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM9.7 9.5a2.4 2.4 0 1 1 3.4 2.3c-.7.4-1.1.9-1.1 1.7M12 16.5h.01",
  link: "M10 14a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-1 1M14 10a3.5 3.5 0 0 0-5 0l-3 3a3.5 3.5 0 0 0 5 5l1-1",
  file: "M7 3.5h6.5L18 8v12.5H7zM13.5 3.5V8H18",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4",
  moon: "M19.5 14A8 8 0 0 1 10 4.5a8 8 0 1 0 9.5 9.5z",
  contrast: "M12 20.5a8.5 8.5 0 1 0 0-17zM12 20.5a8.5 8.5 0 0 1 0-17z",
  play: "M8 5.5l10 6.5-10 6.5z",
  pause: "M8.5 6v12M15.5 6v12",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
  key: "M8.5 16a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12.5 11.5H21v3.5M17 11.5v3",
  branch: "M7 4v10M7 14a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM17 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM17 10c0 4-5 3.5-7.5 5.5",
} as const;

/** The icons that there are. */
export type IconName = keyof typeof PATHS;

/** An icon in the colour of the text around it. It says nothing to screen readers: what it stands in has a name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
