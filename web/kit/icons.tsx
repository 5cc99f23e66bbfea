/** The icons of the house: one 24-px grid, one 1.75-px stroke; decorative, so hidden from screen readers. */

const paths = {
  home: 'M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5h-5v5H5a1 1 0 0 1-1-1z',
  orders: 'M6 3.5h12V21l-2.4-1.5L13.2 21 12 19.7 10.8 21l-2.4-1.5L6 21zM9 8h6M9 11.5h6M9 15h3.5',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.500a2.6 2.6 0 1 1 3.7 2.400c-.8.4-1.2 1-1.2 1.800M12 16.900v.1',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500V12l3 2',
  shield: 'M12 3.5 5 6v5.500c0 4.5 3 7.6 7 9 4-1.4 7-4.5 7-9V6zM9 12l2.2 2.200L15.2 10',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.500h-13zM12 15v2',
  camera:
    'M4 8h3.500L9 5.500h6L16.5 8H20v11.500H4zM12 16.500a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400z',
  photo: 'M4 5h16v14H4zM4 16l4.5-4.5 3.5 3.5 3-3 5 5M9 9.200v.1',
  paste: 'M9 4.500h6v3H9zM9 6H6v15h12V6h-3M9 12h6M9 16h4',
  type: 'M4 7h16v11H4zM7 10.500h.1M10.5 10.500h.1M14 10.500h.1M17 10.500h.1M8 14.500h8',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500V5M12 19v2.500M2.5 12H5M19 12h2.500M5.3 5.3 7 7M17 17l1.7 1.700M5.3 18.7 7 17M17 7l1.7-1.7',
  moon: 'M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20.5 20.5',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.600v.1',
  warn: 'M12 4 2.8 20h18.400zM12 10v4.500M12 17.200v.1',
  bell: 'M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500h4',
  bank: 'M4 10 12 4.5 20 10zM6 10v7M10 10v7M14 10v7M18 10v7M4 20h16',
  sms: 'M4 5h16v11.500H10L6 20v-3.500H4zM8 9.500h8M8 12.500h5',
  trend: 'M4 18l5.5-6 4 3.500L20 8M15.5 8H20v4.5',
  offline:
    'M3 3l18 18M8.5 15a5 5 0 0 1 6.5-.3M5.5 11.800A9.5 9.5 0 0 1 9 9.700M18.6 11.900a9.5 9.5 0 0 0-5-2.700M12 18.900v.1',
  meal: 'M7 3.500v7M4.5 3.500v4a2.5 2.5 0 0 0 5 0v-4M7 10.500v10M16.5 20.500v-7h-2.500V9c0-3 1-5 2.5-5.500z',
  market: 'M4 9h16l-1.5 11h-13zM8 9l3-5.500M16 9l-3-5.500M9.5 13v3.500M14.5 13v3.5',
  cinema: 'M4 9.500h16V20H4zM4 9.5 5 5l15-1.500V6L4 9.500zM9.5 4.6 8 8.600M14.5 4 13 7.6',
  fresh:
    'M12 8c-4-2.5-7.5.5-7 5 .5 4 3 7.5 5 7.5 1 0 1-.5 2-.5s1 .5 2 .5c2 0 4.5-3.5 5-7.5.5-4.5-3-7.5-7-5zM12 8c0-2.5 1.5-4.5 4-5',
  fuel: 'M5 20.500V4h8.500v16.500M3.5 20.500H15M7.5 7.500h3.500v3.500H7.500zM13.5 11.500H16v6a1.5 1.5 0 0 0 3.5 0V9L17 6.5',
  shop: 'M5.5 8.500h13L20 20.500H4zM8.5 8.500V7a3.5 3.5 0 0 1 7 0v1.5',
  tea: 'M6 8.500h11v7a5 5 0 0 1-5 5h-1a5 5 0 0 1-5-5zM17 10.500h1.500a2.5 2.5 0 0 1 0 5H17M9.5 5.500v-2M13.5 5.500v-2',
  member: 'M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.500L4 9.7 9.6 9z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }): React.ReactNode {
  return (
    <svg
      className="hq-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The seal of the house: a square in a square, 回. */
export function Seal({ size = 32 }: { size?: number }): React.ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect x="2" y="2" width="60" height="60" rx="14" className="hq-seal-ground" />
      <g fill="none" strokeWidth="5" strokeLinejoin="round" className="hq-seal-line">
        <rect x="14" y="14" width="36" height="36" rx="3" />
        <rect x="25" y="25" width="14" height="14" rx="2" />
      </g>
    </svg>
  );
}
