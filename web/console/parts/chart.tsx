/** One chart: drawn by ECharts as SVG, said in a sentence, and given again as a table of its figures. */
import { BarChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type ReactNode, useEffect, useRef } from 'react';
import { usePalette } from '../../kit/theme.tsx';
import { useSay } from '../say.ts';

use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  SVGRenderer,
]);

interface ChartProps {
  /** One sentence with the main figures, for those who do not see the drawing. */
  readonly summary: string;
  readonly option: EChartsCoreOption;
  readonly height?: number;
  readonly table: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly ReactNode[])[];
  };
}

export function Chart({ summary, option, table, height = 260 }: ChartProps): ReactNode {
  const t = useSay();
  const palette = usePalette();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const chart = init(element, undefined, { renderer: 'svg' });
    chart.setOption({ ...frame(palette), ...option });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [option, palette]);
  return (
    <figure className="hq-chart">
      <div ref={place} role="img" aria-label={summary} style={{ height }} />
      <details>
        <summary>{t('shell.chartTable')}</summary>
        <div className="hq-scroll" tabIndex={0} role="region" aria-label={summary}>
          <table className="hq-plain">
            <caption className="hq-unseen">{summary}</caption>
            <thead>
              <tr>
                {table.head.map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, index) => (
                // Rows of a chart never move, so their place is their name.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={table.head[column]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** Eight hues that stay apart for most colour-blind eyes; the lines also differ in their symbols. */
export const HUES = {
  light: ['#0b6b53', '#b3361e', '#2b5fa8', '#8a5a00', '#7a3f8f', '#3d7a1f', '#a12a63', '#4f534b'],
  dark: ['#5fc9a8', '#ff9479', '#8db9ff', '#ebbd60', '#d3a2e6', '#a3d977', '#ff9cc7', '#c0c3b9'],
} as const;
export const SYMBOLS = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'pin',
  'arrow',
  'roundRect',
  'emptyCircle',
] as const;

function frame(palette: (name: string) => string): EChartsCoreOption {
  const text = { color: palette('ink-2'), fontFamily: 'inherit', fontSize: 12 };
  return {
    textStyle: text,
    animationDuration: 300,
    aria: { enabled: false },
    grid: { left: 8, right: 12, top: 36, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      backgroundColor: palette('surface'),
      borderColor: palette('line'),
      textStyle: { color: palette('ink') },
    },
    legend: { top: 0, textStyle: text, itemWidth: 14, itemHeight: 10, type: 'plain' },
  };
}

/** An axis in the house's colours; spread it and add what is special. */
export const axis = (palette: (name: string) => string) => ({
  axisLine: { lineStyle: { color: palette('line-strong') } },
  axisLabel: { color: palette('ink-2') },
  splitLine: { lineStyle: { color: palette('line') } },
  nameTextStyle: { color: palette('ink-2') },
});
