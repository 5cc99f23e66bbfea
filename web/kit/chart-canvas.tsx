/** The part of a chart that needs ECharts; only `chart.tsx` loads it. */
import type { EChartsOption } from 'echarts';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { ChartProps } from './chart.tsx';
import { usePalette } from './theme.tsx';

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export default function ChartCanvas({
  labels,
  series,
  format = String,
  whole = false,
}: ChartProps): React.ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const colour = usePalette();
  useEffect(() => {
    if (!box.current) return;
    // SVG: its text waits for web fonts like any other text of the page.
    const chart = echarts.init(box.current, null, { renderer: 'svg' });
    chart.setOption(optionOf({ labels, series, format, whole }, colour));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [labels, series, format, whole, colour]);
  return <div ref={box} style={{ width: '100%', height: '100%' }} />;
}

type Parts = Required<Pick<ChartProps, 'labels' | 'series' | 'format' | 'whole'>>;

function optionOf(
  { labels, series, format, whole }: Parts,
  colour: (name: string) => string,
): EChartsOption {
  const { fontFamily } = getComputedStyle(document.body);
  const text = { color: colour('ink-3'), fontFamily, fontSize: 12 };
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    animation: !still,
    color: [colour('jade'), colour('seal'), colour('amber'), colour('ink-3')],
    textStyle: { fontFamily },
    grid: { left: 4, right: 12, top: series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    ...(series.length > 1 && { legend: { top: 0, left: 0, textStyle: text, icon: 'roundRect' } }),
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value: unknown) => (typeof value === 'number' ? format(value) : '–'),
      backgroundColor: colour('surface'),
      borderColor: colour('line'),
      textStyle: { color: colour('ink') },
    },
    xAxis: {
      type: 'category',
      data: labels,
      boundaryGap: series.some((one) => one.kind === 'bar'),
      axisLine: { lineStyle: { color: colour('line') } },
      axisTick: { show: false },
      axisLabel: text,
    },
    yAxis: {
      type: 'value',
      ...(whole && { minInterval: 1 }),
      scale: series.every((one) => one.kind !== 'bar'),
      splitLine: { lineStyle: { color: colour('line') } },
      axisLabel: { ...text, formatter: format },
    },
    series: series.map(({ name, values, kind = 'line', stepped = false }) => ({
      name,
      type: kind,
      data: values,
      symbol: 'none',
      ...(stepped ? { step: 'end' as const } : { smooth: 0.2 }),
      lineStyle: { width: 2.5 },
      ...(kind === 'bar' && { itemStyle: { borderRadius: [4, 4, 0, 0] }, barMaxWidth: 28 }),
      ...(kind === 'line' && series.length === 1 && { areaStyle: { opacity: 0.1 } }),
    })),
  };
}
