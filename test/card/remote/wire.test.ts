import fc from 'fast-check';
import t from 'tap';
import type { Told } from '../../../src/card/port.ts';
import { faultOfWire, wireOfFault } from '../../../src/card/remote/faults.ts';
import { isAnswerTo, isAsk } from '../../../src/card/remote/operations.ts';
import { toldOfWire, type WireTold, wireOfTold } from '../../../src/card/remote/told.ts';
import { parseFromDesk, parseFromGateway, parseHello, parseWelcome } from '../../../src/card/remote/wire.ts';
import { residentIdText } from '../../../src/card/resident-id/text.ts';
import { readSocialSecurityCard } from '../../../src/card/social-security/application.ts';
import { type ErrorCode, errorTable, Fault } from '../../../src/errors.ts';
import { CardInSlot } from '../slots.ts';
import { chip, residentId } from './institution.ts';

const parsers = { parseHello, parseWelcome, parseFromDesk, parseFromGateway };

const numbering = { n: 1, ack: 0 };
const reader = {
  id: 'reader',
  driver: 'a reader',
  state: 'ready',
  sinceMs: 0,
  reads: ['resident-id-card'],
  counters: { readings: 0, failures: 0, reopenings: 0 },
};
const token = 'A'.repeat(43);
const good: readonly [keyof typeof parsers, object][] = [
  ['parseHello', { t: 'hello', version: 1, resume: { token, received: 3 }, polite: true }],
  ['parseWelcome', { t: 'welcome', version: 1, token, resumed: true, received: 3, lastEnd: 'slow' }],
  ['parseFromDesk', { t: 'readers', ...numbering, items: [reader] }],
  [
    'parseFromDesk',
    { t: 'reader', ...numbering, item: { ...reader, lastReadingMs: 5, lastError: 'card.none' } },
  ],
  ['parseFromDesk', { t: 'answer', ...numbering, use: 1, call: 0, value: {} }],
  [
    'parseFromDesk',
    { t: 'fault', ...numbering, use: 1, call: 0, fault: { code: 'reader.busy', retryAfterS: 1 } },
  ],
  [
    'parseFromDesk',
    { t: 'ended', ...numbering, use: 1, fault: { code: 'reader.lost', facts: { sw: '6A82' } } },
  ],
  ['parseFromDesk', { t: 'ack', ack: 7 }],
  ['parseFromGateway', { t: 'use', ...numbering, use: 1, reader: 'reader', limitMs: 1_000 }],
  ['parseFromGateway', { t: 'call', ...numbering, use: 1, call: 1, ask: { op: 'find-id', timeoutMs: 1 } }],
  ['parseFromGateway', { t: 'cancel', ...numbering, use: 1, call: 1 }],
  ['parseFromGateway', { t: 'release', ...numbering, use: 1, failed: 'card.none' }],
];

t.test('every message is read by the end that it is for, and by no other', async (t) => {
  for (const [name, message] of good) {
    const text = JSON.stringify(message);
    t.strictSame(parsers[name](text), message);
    for (const [other, parse] of Object.entries(parsers)) {
      const shared = other !== name && (message as { t: string }).t !== 'ack';
      if (shared) t.equal(parse(text), undefined, `${other} ${text}`);
    }
  }
});

t.test('a message with a field too many, too few or of another kind is none', async (t) => {
  for (const [name, message] of good.filter(([each]) => each !== 'parseHello')) {
    const parse = (value: object) => parsers[name](JSON.stringify(value));
    t.equal(parse({ ...message, more: 1 }), undefined);
    for (const key of Object.keys(message)) {
      if (['lastEnd', 'failed', 'value'].includes(key)) continue;
      const { [key]: _, ...less } = message as Record<string, unknown>;
      t.equal(parse(less), undefined, `${name} without ${key}`);
      t.equal(parse({ ...message, [key]: { other: [] } }), undefined, `${name} with another ${key}`);
    }
  }
});

t.test('no text, however mangled, does more than to be refused', async (t) => {
  const texts = good.map(([, message]) => JSON.stringify(message));
  const mangled = fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(8), fc.string({ maxLength: 8, unit: 'binary' }))
    .map(([text, at, cut, put]) => {
      const start = at % text.length;
      return text.slice(0, start) + put + text.slice(start + cut);
    });
  const hostile = fc.constantFrom(
    '{"__proto__":{"t":"ack"},"ack":1}',
    '{"t":"__proto__"}',
    '{"t":"constructor"}',
    '{"t":{"toString":1}}',
    '['.repeat(100_000),
    `{"t":"ack","ack":${'9'.repeat(400)}}`,
    'null',
    '0',
    '"ack"',
  );
  fc.assert(
    fc.property(fc.oneof(mangled, hostile, fc.string(), fc.json()), (text) =>
      Object.values(parsers).every((parse) => {
        const frame = parse(text);
        return frame === undefined || typeof frame.t === 'string';
      }),
    ),
    { numRuns: 2_000 },
  );
  t.pass();
});

type EveryField<T> = T extends Buffer
  ? 'bytes'
  : T extends object
    ? { [Key in keyof T]-?: EveryField<T[Key]> }
    : T;
type Plain<T> = EveryField<Exclude<T, { kind: 'resident-id-card' }>>;
type Document<T> = EveryField<Omit<Extract<T, { kind: 'resident-id-card' }>, 'photo'>>;

/** Each fails to compile when a field is added to what a card tells and not to what travels. */
const everyFieldTravels = {
  plain: (told: Plain<WireTold>): Plain<Told> => told,
  document: (told: Document<WireTold>): Document<Told> => told,
};

t.test('what a card told arrives as it was, every field and the photo', async (t) => {
  t.equal(Object.keys(everyFieldTravels).length, 2);
  const told: Told[] = [
    { kind: 'insurance-code', code: '1'.repeat(28) },
    { kind: 'resident-id-card', text: residentIdText(residentId().text), photo: residentId().photo },
  ];
  for (const profile of ['social-security-v1', 'social-security-v2', 'social-security-v3']) {
    const slot = new CardInSlot(chip(profile));
    told.push({
      kind: 'social-security-card',
      card: await readSocialSecurityCard(slot, (await slot.powerOn())!),
    });
  }
  for (const each of told) {
    const wire = JSON.parse(JSON.stringify(wireOfTold(each)));
    t.ok(isAnswerTo('read', wire), each.kind);
    t.strictSame(toldOfWire(wire), each);
    t.notOk(isAnswerTo('read', { ...wire, more: 1 }));
  }
});

t.test(
  'a fault arrives with its code and what goes with it; an unknown one is a fault of the desk',
  async (t) => {
    for (const code of Object.keys(errorTable) as ErrorCode[]) {
      const fault = new Fault(code, { detail: 'why', facts: { sw: '6A82', times: 3 }, retryAfterS: 2 });
      const arrived = faultOfWire(JSON.parse(JSON.stringify(wireOfFault(fault))));
      t.strictSame([arrived.code, arrived.context], [code, fault.context]);
    }
    t.equal(faultOfWire({ code: 'card.of-next-year' }).code, 'desk.protocol');
    t.equal(faultOfWire({ code: 'toString' }).code, 'desk.protocol');
  },
);

t.test('only what a reader can be asked is asked, and what it can answer is taken', async (t) => {
  t.ok(isAsk({ op: 'transmit', slot: 'sam-1', command: 'AKQ=', timeoutMs: 1 }));
  for (const ask of [
    { op: 'transmit', slot: 'sam-9', command: 'AKQ=', timeoutMs: 1 },
    { op: 'transmit', slot: 'contact', command: 'AKQ', timeoutMs: 1 },
    { op: 'transmit', slot: 'contact', command: 'A'.repeat(8_000), timeoutMs: 1 },
    { op: 'transmit', slot: 'contact', command: 'AKQ=', timeoutMs: -1 },
    { op: 'format', timeoutMs: 1 },
  ]) {
    t.notOk(isAsk(ask), JSON.stringify(ask).slice(0, 60));
  }
  t.ok(isAnswerTo('transmit', { bytes: 'kAA=' }));
  t.notOk(isAnswerTo('transmit', {}));
  t.ok(isAnswerTo('power-on', {}));
  t.notOk(isAnswerTo('claim', { kinds: [] }));
});
