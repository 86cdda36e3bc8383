import './desk.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Reading } from '../../../../schemas/reading.ts';
import type { Insurer } from '../../../../schemas/transaction.ts';
import { call } from '../api.ts';
import type { PageProps } from '../shell/pages.ts';
import { Trouble } from '../shell/trouble.tsx';
import { Bill } from './bill.tsx';
import { type BillForm, KEPT, requestOf } from './form.ts';
import { OpenBills } from './open-bills.tsx';
import { Outcome } from './outcome.tsx';
import { Person } from './person.tsx';
import { Scanner } from './scanner.ts';
import { Sheet } from './sheet.tsx';
import { usePerson } from './use-person.ts';
import { useReadings } from './use-readings.ts';
import { useSettlement } from './use-settlement.ts';
import { Waiting } from './waiting.tsx';

const EMPTY: BillForm = {
  insurers: [],
  billNumber: '',
  visitNumber: '',
  departmentCode: '',
  departmentName: '',
  doctorCode: '',
  doctorName: '',
  diagnosis: '',
  charges: '',
};

const FORM_KEPT = 'yikatong.desk';

/** The desk: card → person → bill → quote → settled, a key press each. */
export default function Desk({ sandbox }: PageProps) {
  const [reading, setReading] = useState<Reading>();
  const [codeError, setCodeError] = useState<unknown>();
  const [insurers, setInsurers] = useState<readonly Insurer[]>([]);
  const [bill, setBill] = useState<BillForm>(keptBill);
  const settling = useSettlement();
  const startedAt = useRef('');

  const known = usePerson(reading, insurers.find(({ capabilities }) => capabilities.place === 'basic')?.id);
  const take = useCallback((next: Reading) => {
    setReading(next);
    setCodeError(undefined);
    startedAt.current = new Date().toISOString();
  }, []);
  const { readers, error: readerError } = useReadings(reading === undefined, take);

  useEffect(() => {
    call<{ items: Insurer[] }>('GET', '/v1/insurers')
      .then(({ items }) => {
        setInsurers(items);
        const first = items.find(({ capabilities }) => capabilities.place === 'basic');
        setBill((bill) => (bill.insurers.length > 0 || !first ? bill : { ...bill, insurers: [first.id] }));
      })
      .catch(() => undefined);
  }, []);

  const readCode = useCallback(
    async (typed: { code: string; name?: string }) => {
      try {
        take(await call<Reading>('POST', '/v1/readings', { body: typed }));
      } catch (error) {
        setCodeError(error);
      }
    },
    [take],
  );

  const next = useCallback(() => {
    setReading(undefined);
    setCodeError(undefined);
    setBill(keptBill());
    settling.forget();
  }, [settling.forget]);

  useKeys({ onCode: (code) => void readCode({ code }), onEscape: next });

  const change = (value: BillForm) => {
    setBill(value);
    keepBill(value);
  };
  const { settlement, error, busy } = settling;
  const quote = () => {
    if (reading) void settling.quote(requestOf(bill, reading.id, startedAt.current));
  };
  if (!reading) {
    return (
      <>
        <Trouble error={codeError ?? readerError} />
        <Waiting readers={readers} onTyped={readCode} />
      </>
    );
  }
  return (
    <>
      <div className="columns screen">
        <Person reading={reading} known={known} />
        <div>
          <Trouble error={error} />
          {settlement ? (
            <Outcome
              settlement={settlement}
              insurers={insurers}
              busy={busy}
              onAct={(act, body) => void settling.act(act, body)}
              onNext={next}
            />
          ) : (
            <>
              {known.bills.length > 0 ? (
                <OpenBills bills={known.bills} busy={busy} onTake={(id) => void settling.take(id)} />
              ) : null}
              <Bill
                value={bill}
                insurers={insurers}
                sandbox={sandbox}
                busy={busy}
                onChange={change}
                onQuote={quote}
              />
            </>
          )}
        </div>
      </div>
      {settlement?.state === 'settled' ? (
        <Sheet settlement={settlement} bill={bill} name={reading.identity?.name ?? ''} />
      ) : null}
    </>
  );
}

/** A scanner's keystrokes wherever the focus is, and Esc for the next person. */
function useKeys(tell: { onCode: (code: string) => void; onEscape: () => void }): void {
  const told = useRef(tell);
  told.current = tell;
  useEffect(() => {
    const scanner = new Scanner();
    const onKey = (event: KeyboardEvent) => {
      // A password is nobody's code, however fast a program types it.
      if (event.target instanceof HTMLInputElement && event.target.type === 'password') return undefined;
      if (event.key === 'Escape') return told.current.onEscape();
      const code = scanner.take(event.key, event.timeStamp);
      if (code === undefined) return undefined;
      event.preventDefault();
      event.stopPropagation();
      return told.current.onCode(code);
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, []);
}

function keptBill(): BillForm {
  try {
    const kept = JSON.parse(localStorage.getItem(FORM_KEPT) ?? '{}') as Partial<BillForm>;
    return { ...EMPTY, ...kept };
  } catch {
    return EMPTY;
  }
}

function keepBill(bill: BillForm): void {
  const kept = Object.fromEntries(KEPT.map((field) => [field, bill[field]]));
  localStorage.setItem(FORM_KEPT, JSON.stringify(kept));
}
