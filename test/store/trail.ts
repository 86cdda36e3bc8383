import type { Test } from 'tap';
import { AuditTrail } from '../../src/access/audit.ts';
import { Counter } from '../../src/store/counters.ts';
import { TestClock } from '../helper.ts';
import type { TestDatabase } from './contract.ts';

/** What the rest of the gateway builds on every store: numbers that never repeat, and a trail nobody can edit. */
export async function trailContract(t: Test, fresh: () => Promise<TestDatabase>): Promise<void> {
  t.test('a counter never gives a number twice, at once or after opening again', async (t) => {
    const database = await fresh();
    const seen: number[] = [];
    for (let run = 0; run < 3; run++) {
      const store = await database.open();
      const counters = [new Counter(store, 'msgid', 7), new Counter(store, 'msgid', 10)];
      seen.push(...(await Promise.all(Array.from({ length: 60 }, (_, i) => counters[i % 2]!.next()))));
      await store.close();
    }
    t.equal(new Set(seen).size, 180);
    t.ok(seen.every((number) => Number.isSafeInteger(number) && number >= 1));
  });

  t.test('counters of different names do not disturb each other', async (t) => {
    const store = await (await fresh()).open();
    t.teardown(() => store.close());
    t.equal(await new Counter(store, 'a').next(), 1);
    t.equal(await new Counter(store, 'b').next(), 1);
  });

  const entry = (subject: string) => ({
    client: 'his',
    act: 'read',
    kind: 'reading',
    subject,
    requestId: 'r',
  });

  const written = async (t: Test) => {
    const database = await fresh();
    const store = await database.open();
    t.teardown(() => store.close());
    const audit = new AuditTrail(store, 'gw', new TestClock());
    await Promise.all(Array.from({ length: 60 }, (_, i) => audit.look(entry(`s${i}`))));
    const rows = await store.list<{ chain: string; seq: number }>((db) =>
      db.selectFrom('audit').select(['chain', 'seq']).orderBy('chain').orderBy('seq'),
    );
    // The longest chain: there is a row before and after the one that is tampered with.
    const lengths = Map.groupBy(rows, (row) => row.chain);
    const [chain, longest] = [...lengths].sort(([, a], [, b]) => b.length - a.length)[0]!;
    return { database, store, audit, rows, chain, length: longest.length };
  };

  t.test('the audit trail holds when many write at once, and an undone unit leaves no entry', async (t) => {
    const { store, audit, rows } = await written(t);
    t.equal(rows.length, 60);
    const undone = store.write(async (unit) => {
      await audit.add(unit, entry('undone'));
      throw new Error('no');
    });
    await t.rejects(undone, { message: 'no' });
    t.same(await audit.verify(), []);
    t.equal((await store.list((db) => db.selectFrom('audit').select('seq'))).length, 60);
  });

  t.test('a changed, a removed and a slipped-in entry each break the trail', async (t) => {
    const cases: [string, (chain: string) => string, number][] = [
      ['changed', (chain) => `update audit set client = 'nobody' where chain = '${chain}' and seq = 2`, 2],
      ['removed', (chain) => `delete from audit where chain = '${chain}' and seq = 2`, 3],
      [
        'moved in time',
        (chain) => `update audit set at = at - 60000 where chain = '${chain}' and seq = 2`,
        2,
      ],
    ];
    for (const [name, tampering, brokenAt] of cases) {
      const { database, audit, chain, length } = await written(t);
      t.ok(length >= 3, 'the chain is long enough for this test');
      await database.tamper(tampering(chain));
      t.match(await audit.verify(), [{ chain, seq: brokenAt }], name);
    }
    const { database, audit, chain, length } = await written(t);
    await database.tamper(
      `insert into audit select chain, seq + 1, at, client, act, kind, 'forged', request_id, detail, hash
         from audit where chain = '${chain}' and seq = ${length}`,
    );
    t.match(await audit.verify(), [{ chain, seq: length + 1 }], 'slipped in');
  });
}
