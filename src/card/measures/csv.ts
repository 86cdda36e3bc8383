import type { ReaderMeasures } from '../../../schemas/measure.ts';
import { tableOf } from '../../http/table.ts';

const COLUMNS = ['期间 from', '至 to', '分组 group', '项目 what', '数 figure', '定义 definition'];

/** One line for each number, its definition beside it. */
export function csvOf({ from, to, definition, total, groups, causes }: ReaderMeasures): string {
  const meaning = `${definition.zh} ${definition.en}`;
  const all = '合计 total';
  const worked = [{ key: all, ...total }, ...groups].flatMap((group) => [
    [group.key, '成功 readings', group.readings],
    [group.key, '失败 failures', group.failures],
    [group.key, '断开 outages', group.outages],
    [group.key, '失败率 failure rate', group.failureRate ?? ''],
  ]);
  const failed = causes.map(({ code, failures }) => [all, `失败原因 cause: ${code}`, failures]);
  const lines = [...worked, ...failed].map((line) => [from, to, ...line, meaning]);
  return tableOf([COLUMNS, ...lines]);
}
