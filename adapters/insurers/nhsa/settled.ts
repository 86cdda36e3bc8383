import type { Bill, Reversed, Settled } from '../../../src/settlement/port.ts';
import { amountsOf, firstOf } from './amounts.ts';
import { isRecord, textOf } from './envelope.ts';
import type { IntegrityOptions } from './integrity.ts';
import { expectedOf } from './setting.ts';
import { readSplit } from './split.ts';
import { groupNameOf } from './statement-groups.ts';
import type { Visited } from './visited.ts';

/** Why the answer of a trial (2206, 2101, 2303) can't be relied on: it must be this visit's, its amounts must add up to the bill. */
export function trialFault(
  output: unknown,
  bill: Bill,
  visited: Visited,
  options: IntegrityOptions,
): string | undefined {
  const other = otherField(output, expectedOf(visited));
  if (other) return belongsElsewhere(other);
  const faults = amountFaults(output, bill, options);
  return faults.length === 0 ? undefined : `金额不符 / amounts: ${faults.join(', ')}`;
}

/**
 * Why an answer of 2207, 2102 or 2304 proves nothing: it has no number by which to undo it, or it belongs to another request.
 * medins_setl_id is the msgid of the request, as the edition notes.
 */
export function settlementFault(output: unknown, visited: Visited, ownId: string): string | undefined {
  if (textOf(setlinfoOf(output).setl_id) === '') return '结算应答中没有 setl_id / the answer has no setl_id';
  const other = otherField(output, { medins_setl_id: ownId, ...expectedOf(visited) });
  return other && belongsElsewhere(other);
}

/** The first field of setlinfo that is there and is not what was asked about. */
function otherField(output: unknown, expected: Readonly<Record<string, string>>): string | undefined {
  const setlinfo = setlinfoOf(output);
  return Object.keys(expected).find((field) => {
    const answered = textOf(setlinfo[field]);
    return answered !== '' && answered !== expected[field];
  });
}

function belongsElsewhere(field: string): string {
  return `应答的 ${field} 不属于这次请求 / ${field} belongs to another request`;
}

/** What was settled (2207, 2102, 2304). Amounts that don't add up are faults of it, not a reason to doubt that it happened. */
export function settledOf(
  output: unknown,
  bill: Bill,
  visited: Visited,
  now: number,
  options: IntegrityOptions,
): Settled {
  const setlinfo = setlinfoOf(output);
  const faults = amountFaults(output, bill, options);
  const group = groupNameOf({
    insutype: textOf(setlinfo.insutype) || visited.insutype,
    clr_type: textOf(setlinfo.clr_type),
    setl_optins: textOf(setlinfo.clr_optins),
  });
  return {
    split: readSplit(output, options).split,
    number: textOf(setlinfo.setl_id),
    settledAt: chinaTimeOf(textOf(setlinfo.setl_time)) ?? now,
    // A sale at a pharmacy gets its visit's number only now.
    handle: { ...visited, mdtrt_id: visited.mdtrt_id || textOf(setlinfo.mdtrt_id) },
    ...(group === undefined ? {} : { statementGroup: group }),
    ...(faults.length > 0 ? { faults } : {}),
  };
}

/**
 * What a reversal (2208, 2103, 2305) came to. The insurer's word that it reversed stands even where its number or its amounts
 * are amiss: reversing once more would be worse.
 */
export function reversedOf(output: unknown, settled: Settled, now: number): Reversed {
  const setlinfo = setlinfoOf(output);
  const number = textOf(setlinfo.setl_id);
  const amounts = amountsOf(output);
  const { mdtrt_id = '', psn_no = '' } = settled.handle;
  const faults = [
    ...(otherField(output, { mdtrt_id, psn_no }) ? ['visit'] : []),
    ...(number === '' || number === settled.number ? ['number'] : []),
    ...(amounts.unreadable.length > 0 ? ['readable'] : []),
    ...(amounts.fields.medfee_sumamt === -settled.split.totalFen ? [] : ['total']),
  ];
  return {
    number,
    reversedAt: chinaTimeOf(textOf(setlinfo.setl_time)) ?? now,
    ...(faults.length > 0 ? { faults } : {}),
  };
}

/** The integrity rules, and `bill`: the settled total is the bill's. */
function amountFaults(output: unknown, bill: Bill, options: IntegrityOptions): string[] {
  const { split, faults } = readSplit(output, options);
  return split.totalFen === bill.totalFen ? [...faults] : [...faults, 'bill'];
}

function setlinfoOf(output: unknown): Record<string, unknown> {
  return firstOf(isRecord(output) ? output.setlinfo : undefined);
}

/** Epoch ms of yyyy-MM-dd HH:mm:ss or yyyy-MM-dd on China's clock. */
export function chinaTimeOf(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?/.exec(text);
  if (!match) return undefined;
  const at = Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}+08:00`);
  return Number.isNaN(at) ? undefined : at;
}
