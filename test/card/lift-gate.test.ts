import t from 'tap';
import { LiftGate } from '../../src/card/lift-gate.ts';
import { readPresented, type Waiting } from '../../src/card/present.ts';
import { loadProfiles, type ResidentIdProfile, virtualResidentIdOf } from '../../src/sandbox/cards/cards.ts';
import type { VirtualResidentId } from '../../src/sandbox/port.ts';
import { TestClock } from '../helper.ts';
import { TestTimers } from './timers.ts';

const profile = loadProfiles().get('resident-id') as ResidentIdProfile;
const card = virtualResidentIdOf(profile);
const another = virtualResidentIdOf({ ...profile, text: { ...profile.text, issuer: '某市公安局' } });

/** A module that finds a card as long as it lies there, read or not, as some do. */
function desk() {
  const clock = new TestClock();
  const timers = new TestTimers(clock);
  let lying: VirtualResidentId | undefined = card;
  const reader = {
    residentId: { find: async () => lying !== undefined, read: async () => lying! },
    lost: new Promise<void>(() => {}),
    close: async () => {},
  };
  const read = async (timeoutMs: number, gate?: LiftGate) => {
    const waiting: Waiting = {
      accept: ['resident-id-card'],
      spot: 'either',
      newAddress: false,
      timeoutMs,
      clock,
      timers,
      signal: new AbortController().signal,
      gate,
    };
    const reading = readPresented(reader, waiting, async (told) => told.kind);
    reading.catch(() => {});
    await timers.advance(timeoutMs + 1);
    return reading;
  };
  return {
    read,
    lay: (what: VirtualResidentId | undefined) => {
      lying = what;
    },
  };
}

t.test('a card that was read must be lifted before another reading', async (t) => {
  const { read, lay } = desk();
  const gate = new LiftGate();
  t.equal(await read(0, gate), 'resident-id-card');
  await t.rejects(read(2_000, gate), { code: 'card.not-lifted' });
  lay(undefined);
  await t.rejects(read(0, gate), { code: 'card.none' }, 'lifted, and no other one laid down');
  lay(card);
  t.equal(await read(0, gate), 'resident-id-card');
});

t.test(
  'a card that was exchanged before anybody looked is left alone too, and must be laid down again',
  async (t) => {
    const { read, lay } = desk();
    const gate = new LiftGate();
    await read(0, gate);
    lay(another);
    await t.rejects(read(0, gate), { code: 'card.not-lifted' });
    lay(undefined);
    await t.rejects(read(0, gate), { code: 'card.none' });
    lay(another);
    t.equal(await read(0, gate), 'resident-id-card');
  },
);

t.test('a reader that was opened anew knows nothing of a card to be lifted', async (t) => {
  const { read } = desk();
  const gate = new LiftGate();
  await read(0, gate);
  gate.open();
  t.equal(await read(0, gate), 'resident-id-card');
});

t.test('where it need not be lifted it is read again and again', async (t) => {
  const { read } = desk();
  t.equal(await read(0), 'resident-id-card');
  t.equal(await read(0), 'resident-id-card');
});
