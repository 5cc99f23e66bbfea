/** Line icons of the console: 24-unit paths drawn here, so that no icon package or font is loaded. */
import type { ReactNode } from 'react';

const paths = {
  chart: 'M4 20V10M10 20V4M16 20v-8M21 20H3',
  list: 'M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01',
  eye: 'M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  check: 'M4 12.5l5 5L20 6.5',
  checkBox: 'M8 12l3 3 5-6M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z',
  scale: 'M12 3v18M7 21h10M5 7h14M5 7l-3 7h6L5 7ZM19 7l-3 7h6l-3-7Z',
  send: 'M21 3L3 10.5l7 3 3 7L21 3ZM10 13.5L21 3',
  layers: 'M12 3l9 5-9 5-9-5 9-5ZM3 13l9 5 9-5',
  bank: 'M3 10l9-6 9 6M5 10v8M10 10v8M14 10v8M19 10v8M3 20h18',
  equal: 'M5 9h14M5 15h14',
  tag: 'M3 12V4a1 1 0 0 1 1-1h8l9 9-9 9-9-9ZM8 8h.01',
  book: 'M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3V4ZM5 17a3 3 0 0 1 3-3h11',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17',
  flow: 'M4 4h6v5H4V4ZM14 15h6v5h-6v-5ZM7 9v5a3 3 0 0 0 3 3h4',
  alert: 'M12 3L2 20h20L12 3ZM12 10v4M12 17h.01',
  lock: 'M6 11h12v9H6v-9ZM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6 6 0 0 1 3.5 5.5',
  shield: 'M12 3l8 3v6c0 4.5-3.3 7.8-8 9-4.7-1.2-8-4.5-8-9V6l8-3ZM9 12l2 2 4-4',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M6 6l12 12M18 6L6 18',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
  play: 'M7 5l12 7-12 7V5Z',
  stop: 'M6 6h12v12H6V6Z',
  cross: 'M6 6l12 12M18 6L6 18',
  dot: 'M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  money: 'M6 4l6 8 6-8M12 12v8M7 12h10M7 16h10',
  gear: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 2v4M12 18v4M2 12h4M18 12h4M5 5l2.8 2.8M16.2 16.2L19 19M5 19l2.8-2.8M16.2 7.8L19 5',
  refresh:
    'M20 11a8 8 0 0 0-14.3-4L3 9.5M3 4v5.5h5.5M4 13a8 8 0 0 0 14.3 4l2.7-2.5M21 20v-5.5h-5.5',
  copy: 'M9 9h11v11H9V9ZM5 15H4V4h11v1',
  down: 'M12 4v12M6 11l6 6 6-6M4 20h16',
  key: 'M14.5 13a4.5 4.5 0 1 0-4.3-3.2L3 17v4h4l1-1v-2h2v-2h1.5l.7-.7a4.5 4.5 0 0 0 2.3.7ZM16 7.5h.01',
  out: 'M9 4H4v16h5M15 8l4 4-4 4M19 12H9',
  undo: 'M4 9h11a5 5 0 0 1 0 10H8M4 9l4-4M4 9l4 4',
  pause: 'M8 5v14M16 5v14',
} as const;

export type IconName = keyof typeof paths;

/** Decorative by default: the words beside it carry the meaning. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      className="hq-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
