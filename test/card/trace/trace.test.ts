import fc from 'fast-check';
import t from 'tap';
import type { Trace } from '../../../schemas/trace.ts';
import type { OpenReader, Told } from '../../../src/card/port.ts';
import { readPresented } from '../../../src/card/present.ts';
import { readSocialSecurityCard } from '../../../src/card/social-security/application.ts';
import { systemTimers } from '../../../src/card/timers.ts';
import { maskText, SlotMask } from '../../../src/card/trace/masking.ts';
import { record } from '../../../src/card/trace/record.ts';
import { systemClock } from '../../../src/clock.ts';
import {
  loadProfiles,
  type ResidentIdProfile,
  type SocialSecurityProfile,
  virtualCardOf,
  virtualResidentIdOf,
} from '../../../src/sandbox/cards/cards.ts';
import { chipOf, residentIdOf } from '../../../src/sandbox/readers/replay.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { CardInSlot, CardOnModule } from '../slots.ts';

const never = new Promise<void>(() => {});
const signal = new AbortController().signal;
const asked = { timeoutMs: 0, clock: systemClock, signal };

/** A person who is not the sample: nothing of him may stand in a trace. */
const OTHER = {
  name: '李四',
  number: SAMPLE_NUMBER.replaceAll('1', '2'),
  birthDate: '19920202',
  cardNumber: 'Z98765432',
};

const driverOf = (reader: Partial<OpenReader>) => ({
  description: 'a reader in a test',
  open: async () => ({ lost: never, close: async () => {}, ...reader }),
});

function chip(id: string) {
  const profile = loadProfiles().get(id) as SocialSecurityProfile;
  const { cardNumber, ...person } = OTHER;
  return virtualCardOf({ ...profile, cardNumber, holder: { ...profile.holder!, ...person } });
}

function residentId() {
  const profile = loadProfiles().get('resident-id') as ResidentIdProfile;
  const { name, number, birthDate } = OTHER;
  return virtualResidentIdOf({ ...profile, text: { ...profile.text, name, number, birthDate } });
}

/** Every form in which the other person could stand in the bytes of a trace. */
function mentions(trace: Trace): string[] {
  const text = JSON.stringify(trace);
  const bytes = trace.exchanges
    .flatMap(({ command = '', answer = '', photo = '' }) => [command, answer, photo])
    .map((each) => Buffer.from(each, 'hex'));
  const forms = Object.values(OTHER).flatMap((value) => [
    Buffer.from(value, 'utf16le'),
    Buffer.from(value, 'latin1'),
    Buffer.from(value, 'utf8'),
  ]);
  forms.push(Buffer.from('C0EECBC4', 'hex'), Buffer.from(OTHER.birthDate, 'hex'));
  return forms
    .filter((form) => bytes.some((each) => each.includes(form)) || text.includes(form.toString()))
    .map(String);
}

for (const id of ['social-security-v1', 'social-security-v2', 'social-security-v1-early']) {
  t.test(`a reading of ${id} is recorded without its person, and replays as the sample's`, async (t) => {
    const { trace, kind } = await record(driverOf({ slot: new CardInSlot(chip(id)) }), asked);
    t.equal(kind, 'social-security-card');
    t.strictSame(mentions(trace), []);
    const replayed = new CardInSlot(chipOf(trace));
    const card = await readSocialSecurityCard(replayed, (await replayed.powerOn())!);
    t.match(card.holder, { number: SAMPLE_NUMBER, name: SAMPLE_NAME, birthDate: '19810101' });
    t.equal(card.version, id.includes('v2') ? '2.00' : '1.00');
  });
}

t.test('a resident ID card is recorded without its person, and replays as the sample’s', async (t) => {
  const module = new CardOnModule();
  module.lay(residentId());
  const { trace, kind } = await record(driverOf({ residentId: module }), asked);
  t.equal(kind, 'resident-id-card');
  t.strictSame(mentions(trace), []);
  const replayed = new CardOnModule();
  replayed.lay(residentIdOf(trace));
  const told = await readPresented(
    { residentId: replayed, lost: never, close: async () => {} },
    { accept: ['resident-id-card'], spot: 'either', newAddress: false, timers: systemTimers, ...asked },
    async (each: Told) => each,
  );
  t.match(told, { text: { number: SAMPLE_NUMBER, name: SAMPLE_NAME } });
});

t.test('a reading that fails leaves its trace: most are made for that', async (t) => {
  const { trace, fault } = await record(
    driverOf({
      slot: new CardInSlot({
        reset: () => Buffer.from('3B00', 'hex'),
        command: () => Buffer.from('6E00', 'hex'),
      }),
    }),
    asked,
  );
  t.equal(fault?.code, 'card.unknown');
  t.match(trace.exchanges.at(0), { act: 'power-on', answer: '3B00' });
  t.match(trace.exchanges.at(1), { act: 'transmit', answer: '6E00' });
});

t.test('of a PIN, a written record and an unknown answer nothing but the length is left', async (t) => {
  const mask = new SlotMask();
  const hex = (text: string) => Buffer.from(text, 'hex');
  t.equal(mask.command(hex('0020000003123456')).toString('hex'), '0020000003000000');
  t.equal(mask.answer(hex('9000')).toString('hex'), '9000');
  t.equal(mask.command(hex('00DC052806' + '050420300101')).toString('hex'), '00dc052806000000000000');
  mask.command(hex('805C000204'));
  t.equal(mask.answer(hex('000027109000')).toString('hex'), '000000009000');
});

t.test('masking keeps the length of whatever comes, and throws at nothing', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, bytes), { maxLength: 20 }), (pairs) => {
      const mask = new SlotMask();
      return pairs.every(
        ([command, answer]) =>
          mask.command(command).length === command.length &&
          mask.answer(answer).length === answer.length &&
          mask.atr(answer).length === answer.length &&
          maskText(answer).length === answer.length,
      );
    }),
  );
});
