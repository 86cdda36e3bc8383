import type { SettlementMeasures } from '../../../schemas/measure.ts';
import { tableOf } from '../../http/table.ts';

const COLUMNS = ['期间 from', '至 to', '分组 group', '项目 what', '数 figure', '定义 definition'];

const AMOUNTS = {
  total: '总额 total',
  fund: '基金支付 fund',
  account: '个人账户 account',
  paid: '已支付 paid',
  cash: '现金 cash',
} as const;

/** One line for each number, its definition beside it. */
export function csvOf({ from, to, definition, total, groups }: SettlementMeasures): string {
  const meaning = `${definition.zh} ${definition.en}`;
  const lines = [{ ...total, key: '合计 total' }, ...groups].flatMap((group) =>
    [
      ['结算笔数 settlements', group.settlements],
      ...Object.entries(AMOUNTS).map(([name, label]) => [label, group[name as keyof typeof AMOUNTS]]),
      ...group.funds.map(({ fund, amount }) => [`基金 fund: ${fund}`, amount]),
    ].map(([what, figure]) => [from, to, group.key, what!, figure!, meaning]),
  );
  return tableOf([COLUMNS, ...lines]);
}
