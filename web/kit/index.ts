/** The face of the design system: every screen of both apps is built from these. */
export * from './card-face.tsx';
export { Chart, type ChartProps, type Series } from './chart.tsx';
export * from './device.ts';
export * from './fee-sheet.tsx';
export * from './fields.tsx';
export * from './fonts.ts';
export * from './grade.tsx';
export * from './icons.tsx';
export * from './language.tsx';
export * from './money.tsx';
export * from './quote-lines.ts';
export * from './sheet.tsx';
export * from './states.tsx';
export * from './steps.tsx';
export * from './theme.tsx';
export * from './time.tsx';
export * from './toast.tsx';
