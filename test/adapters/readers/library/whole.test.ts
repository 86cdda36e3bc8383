import t from 'tap';
import type { DocumentKind, ReaderSpot } from '../../../../schemas/reading.ts';
import type {
  AuthenticationRequest,
  EncryptionMachine,
  Told,
  WholeReader,
} from '../../../../src/card/port.ts';
import { Fault } from '../../../../src/errors.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, TestClock } from '../../../helper.ts';
import { codeOf, never } from '../helper.ts';
import { noCompiler, opened, shared } from './helper.ts';

const compiled = { skip: noCompiler };

function read(
  whole: WholeReader,
  accept: DocumentKind[],
  { timeoutMs = 0, spot = 'either' as ReaderSpot, signal = never } = {},
): Promise<Told> {
  return whole.read({ accept, spot, timeoutMs, newAddress: false }, signal);
}

/** The standard's answer of an encryption machine, and what it was asked. */
function machine(): EncryptionMachine & { readonly asked: AuthenticationRequest[] } {
  const asked: AuthenticationRequest[] = [];
  return {
    asked,
    async authenticate(request) {
      asked.push(request);
      return {
        internal: '98ABD5279E9CD3306183AFC81BE3C72E',
        external: '40B69F2C478028DC1594A8CC187E1FE9',
      };
    },
    keyed: () => Promise.reject(new Fault('encryption.refused')),
  };
}

t.test('a social-security card is read, with nobody vouching for an old one', compiled, async (t) => {
  const { whole } = await shared();
  t.same(whole.kinds, ['social-security-card', 'resident-id-card', 'insurance-code', 'health-code']);
  const told = await read(whole, ['social-security-card']);
  t.match(told, {
    kind: 'social-security-card',
    card: { cardNumber: 'X00000019', holder: { name: SAMPLE_NAME, number: SAMPLE_NUMBER } },
  });
  t.notOk('card' in told && 'authenticatedBy' in told.card);
});

t.test('the spot is told to the library', compiled, async (t) => {
  const { whole, reader, behave } = await shared();
  behave('sample');
  const types: unknown[] = [];
  t.intercept(reader.library!, 'call', {
    value: async (name: string, args: unknown[]) => {
      types.push([name, ...args]);
      return { ret: -2, out: '' };
    },
  });
  for (const spot of ['contact', 'contactless', 'either'] as const) {
    t.equal(await codeOf(read(whole, ['social-security-card'], { spot })), 'card.none');
  }
  t.same(types, [
    ['iReadCardBas', 1],
    ['iReadCardBas', 2],
    ['iReadCardBas', 3],
  ]);
});

t.test('a card is waited for, and its reader asked again and again', compiled, async (t) => {
  const clock = new TestClock();
  const { whole, reader, behave } = await opened(t, {}, { clock });
  behave('return -2');
  t.equal(await codeOf(read(whole, ['social-security-card'])), 'card.none', 'one look');
  let looks = 0;
  const { library } = reader;
  const call = library!.call.bind(library);
  t.intercept(library!, 'call', {
    value: (name: string, args: number[], timeoutMs: number) => {
      if (++looks === 3) behave('sample');
      return call(name, args, timeoutMs);
    },
  });
  t.match(await read(whole, ['social-security-card'], { timeoutMs: 60_000 }), {
    kind: 'social-security-card',
  });
  t.equal(looks, 3);
  behave('return -4');
  const waiting = read(whole, ['social-security-card'], { timeoutMs: 60_000 });
  clock.advance(60_000);
  t.equal(await codeOf(waiting), 'card.removed', 'a card that never answered is not "no card"');
  behave('return -2');
  const given = new AbortController();
  const cancelled = codeOf(
    read(whole, ['social-security-card'], { timeoutMs: 60_000, signal: given.signal }),
  );
  given.abort();
  t.equal(await cancelled, 'card.none', 'nobody waits for it any more');
});

t.test('what the driver refuses with is ours', compiled, async (t) => {
  const { whole, behave } = await shared();
  const codes: [ret: number, code: string][] = [
    [-1, 'card.unknown'],
    [-3, 'card.refused'],
    [-13, 'reader.unsupported'],
    [-15, 'reader.protocol'],
    [-21, 'card.authentication'],
    [-2201, 'card.locked-data'],
    [-27272, 'card.locked-data'],
    [-27265, 'card.blocked'],
    [-27013, 'card.refused'],
    [-99999, 'reader.protocol'],
    [5, 'reader.protocol'],
    // Its reader is gone: the line is given up, and opened anew with a greeting.
    [-11, 'reader.lost'],
    [-12, 'reader.lost'],
  ];
  for (const [ret, code] of codes) {
    behave(`return ${ret}`);
    t.equal(await codeOf(read(whole, ['social-security-card'])), code, String(ret));
  }
  behave('return 0 nonsense');
  t.equal(await codeOf(read(whole, ['social-security-card'])), 'reader.protocol');
  t.equal(await codeOf(read(whole, ['resident-id-card'])), 'reader.protocol');
});

t.test(
  'a generation-3 card without keys tells what is free, and that its holder is locked',
  compiled,
  async (t) => {
    const { whole, behave } = await shared();
    behave(
      'return -2201 411600|||411600D156000005C38275EEFC9B9648||008C544CB386844116018593CA|3.00|20211203|20311202|',
    );
    t.match(await read(whole, ['social-security-card']), {
      card: { version: '3.00', holder: 'locked', algorithm: 'sm4', authenticatedBy: undefined },
    });
    behave(
      `return 0 411600|${SAMPLE_NUMBER}|X00000019|411600D156000005C38275EEFC9B9648|${SAMPLE_NAME}|` +
        '008C544CB386844116018593CA|3.00|20211203|20311202|',
    );
    t.match(
      await read(whole, ['social-security-card']),
      { card: { holder: { name: SAMPLE_NAME }, authenticatedBy: 'library' } },
      'one whose holder it names was authenticated',
    );
  },
);

t.test('the encryption machine opens the card in two steps', compiled, async (t) => {
  const encryption = machine();
  const { whole, behave } = await opened(t, {}, { encryption });
  behave('two-step');
  t.match(await read(whole, ['social-security-card']), {
    card: {
      version: '3.00',
      holder: { name: SAMPLE_NAME, number: SAMPLE_NUMBER },
      authenticatedBy: 'encryption-machine',
    },
  });
  t.strictSame(encryption.asked, [
    {
      region: '510100',
      resetInformation: '0081544C968684510100035676',
      algorithm: '03',
      cardId: '510100D156000005F0348866E075C174',
      internalFactor: 'C49031D2A31E6A14',
      internalSource: '0102030405060708',
      externalFactor: '096D1FFE340D812F',
      externalSource: '0102030405060708',
    },
  ]);
  behave('two-step gone');
  t.equal(await codeOf(read(whole, ['social-security-card'])), 'card.removed');
});

t.test('a machine that cannot be asked, or whose answer the card refuses, is told', compiled, async (t) => {
  const wrong = { internal: '0'.repeat(32), external: '0'.repeat(32) };
  let authenticate: EncryptionMachine['authenticate'] = async () => wrong;
  const encryption = {
    ...machine(),
    authenticate: (request: AuthenticationRequest) => authenticate(request),
  };
  const { whole, behave } = await opened(t, {}, { encryption });
  behave('two-step');
  t.equal(await codeOf(read(whole, ['social-security-card'])), 'card.authentication');
  authenticate = () => Promise.reject(new Fault('encryption.unreachable'));
  t.equal(await codeOf(read(whole, ['social-security-card'])), 'encryption.unreachable');
});

t.test('a resident ID card is read with its photo, whatever else was looked for', compiled, async (t) => {
  const { whole, behave } = await shared();
  behave('sample identity');
  t.match(await read(whole, ['resident-id-card']), {
    kind: 'resident-id-card',
    text: {
      layout: 'resident',
      name: SAMPLE_NAME,
      number: SAMPLE_NUMBER,
      sex: '1',
      nation: '01',
      validTo: '长期',
    },
    photo: Buffer.from('WLT'),
  });
  behave('return -1');
  t.equal(await codeOf(read(whole, ['social-security-card', 'resident-id-card'])), 'card.unknown');
});

t.test('a card that one function cannot make out may be the next one’s', compiled, async (t) => {
  const { whole, reader, behave } = await shared();
  behave('sample identity');
  const { library } = reader;
  const call = library!.call.bind(library);
  t.intercept(library!, 'call', {
    value: async (name: string, args: number[], timeoutMs: number) =>
      name === 'iReadCardBas' ? { ret: -1, out: '' } : call(name, args, timeoutMs),
  });
  t.match(await read(whole, ['social-security-card', 'resident-id-card']), { kind: 'resident-id-card' });
});

t.test('a code is scanned, and none yet is nothing', compiled, async (t) => {
  const { whole, behave } = await shared();
  t.equal(await codeOf(read(whole, ['insurance-code'])), 'card.none');
  behave('sample code');
  const code = '0123456789012345678901234567';
  t.strictSame(await read(whole, ['insurance-code', 'health-code']), { kind: 'insurance-code', code });
  t.equal(await codeOf(read(whole, ['health-code'])), 'code.unknown');
  behave('return 0');
  t.equal(await codeOf(read(whole, ['health-code'])), 'card.none');
  behave('return -11');
  t.equal(await codeOf(read(whole, ['health-code'])), 'reader.lost');
});

t.test('a library that crashes over a card has lost the reader', compiled, async (t) => {
  const { whole, reader, behave } = await opened(t);
  behave('crash');
  t.equal(await codeOf(read(whole, ['social-security-card', 'resident-id-card'])), 'reader.lost');
  await reader.lost;
});
