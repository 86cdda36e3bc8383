import { useEffect, useRef } from 'react';
import { optionOf } from './chart-option.ts';
import type { ChartData } from './figure.ts';

/** A chart; ECharts comes with the first one that is shown. The table below it says the same in words and numbers. */
export function Chart({ data, label }: { data: ChartData; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stop = () => {};
    let isGone = false;
    void import('./echarts.ts').then(({ init }) => {
      if (isGone || !place.current) return;
      const chart = init(place.current);
      chart.setOption(optionOf(data));
      const observer = new ResizeObserver(() => chart.resize());
      observer.observe(place.current);
      stop = () => {
        observer.disconnect();
        chart.dispose();
      };
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [data]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
