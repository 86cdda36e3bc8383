/**
 * The virtual national platform in a process of its own, behind a line that can be watched. Its parent asks over the
 * channel between them, and is told which step of an exchange was reached.
 */
import { Specification } from '../../../adapters/insurers/nhsa/specification.ts';
import type { LedgerRow } from '../../../src/sandbox/insurer/port.ts';
import { startVirtualInsurer } from '../../../src/sandbox/insurer/server.ts';
import { CLINIC_SIGNING } from '../../end-to-end/clinic.ts';
import { startFront } from './front.ts';
import type { Asked, Report, Told } from './insurer.ts';
import { TRANSACTIONS } from './steps.ts';

/** Transactions after which a bill may be settled twice at a time. */
const MONEY: ReadonlySet<string> = new Set([TRANSACTIONS.settle, TRANSACTIONS.reverse, TRANSACTIONS.undo]);

const faults: Record<string, number> = {};
const doubled = new Set<string>();

const insurer = await startVirtualInsurer({
  port: 0,
  specification: new Specification(),
  signing: CLINIC_SIGNING,
  observer: {
    misbehaved(_infno, kind) {
      faults[kind] = (faults[kind] ?? 0) + 1;
    },
    acted(infno) {
      if (MONEY.has(infno)) for (const bill of liveTwice(insurer.ledger())) doubled.add(bill);
    },
  },
});
const url = new URL(insurer.url);
const front = await startFront(Number(url.port), (step) => tell({ kind: 'reached', step }));
url.port = String(front.port);

process.on('message', (asked: Asked) => {
  if (asked.kind === 'misbehave') for (const each of asked.misbehaviours) insurer.misbehave(each);
  if (asked.kind === 'arm') front.arm(asked.step);
  if (asked.kind === 'behave') insurer.behave();
  if (asked.kind === 'report') {
    const report: Report = { ledger: insurer.ledger(), faults, doubled: [...doubled] };
    tell({ kind: 'report', report });
  }
});
process.on('disconnect', () => process.exit());
tell({ kind: 'started', url: url.href });

function tell(told: Told): void {
  process.send?.(told);
}

function liveTwice(ledger: readonly LedgerRow[]): string[] {
  const live = Object.groupBy(
    ledger.filter((row) => row.live),
    (row) => row.billNumber,
  );
  return Object.entries(live).flatMap(([bill, rows = []]) => (rows.length > 1 ? [bill] : []));
}
