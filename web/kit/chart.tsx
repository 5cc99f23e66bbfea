/** ECharts, fetched only when a chart is on the screen, in our colours, with the same figures as a table. */
import { lazy, Suspense } from 'react';
import { useKitTexts } from './language.tsx';
import { Skeleton } from './states.tsx';

export interface Series {
  name: string;
  values: (number | null)[];
  kind?: 'line' | 'bar';
  /** A line that holds its value up to the next one. */
  stepped?: boolean;
}
export interface ChartProps {
  title: string;
  /** One sentence that says what the chart shows; read instead of the picture. */
  summary: string;
  labels: string[];
  series: Series[];
  /** How a value is written on axis, tooltip and table. */
  format?: (value: number) => string;
  height?: number;
  /** Values are counts: no half of one on the axis. */
  whole?: boolean;
}

const Canvas = lazy(() => import('./chart-canvas.tsx'));

export function Chart(props: ChartProps): React.ReactNode {
  const { title, summary, labels, series, height = 220, format = String } = props;
  const t = useKitTexts();
  return (
    <figure className="hq-chart">
      <div role="img" aria-label={`${title}. ${summary}`} style={{ height }}>
        <Suspense fallback={<Skeleton lines={1} tall />}>
          <Canvas {...props} />
        </Suspense>
      </div>
      <details>
        <summary>{t('chartTable')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="hq-chart-table" tabIndex={0} aria-label={title}>
          <table>
            <caption className="hq-unseen">{title}</caption>
            <thead>
              <tr>
                <td />
                {series.map((one) => (
                  <th key={one.name} scope="col">
                    {one.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {labels.map((label, row) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {series.map((one) => {
                    const value = one.values[row];
                    return <td key={one.name}>{value == null ? '–' : format(value)}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}
