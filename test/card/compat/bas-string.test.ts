import fc from 'fast-check';
import t from 'tap';
import { authenticationRequestOf, cardOfBasString } from '../../../src/card/compat/bas-string.ts';
import { basString } from '../../../src/card/social-security/bas.ts';
import { Fault } from '../../../src/errors.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';

const OFFICIAL =
  `639900|${SAMPLE_NUMBER}|X00000019|639900D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|00814E43238697159900BF7C7A|1.00|` +
  '20101001|20201001|410100813475|终端设备号|';
const BLANK = '411600|||411600D156000005C38275EEFC9B9648||008C544CB386844116018593CA|3.00|20211203|20311202|';

/** Of all characters, controls included. */
const anyText = fc.string({ unit: fc.nat(0xd7ff).map((code) => String.fromCharCode(code)) });

t.test('the official sample is read field by field, and written again as it was', async (t) => {
  const card = cardOfBasString(OFFICIAL, 'blank');
  t.strictSame(card, {
    resetInformation: '00814E43238697159900BF7C7A',
    algorithm: 'des',
    cardId: '639900D15600000500BF7C7A48FB4966',
    category: '',
    version: '1.00',
    issuer: '',
    issuedOn: '20101001',
    validTo: '20201001',
    cardNumber: 'X00000019',
    holder: { number: SAMPLE_NUMBER, name: SAMPLE_NAME, sex: '', nation: '', birthplace: '', birthDate: '' },
  });
  t.equal(basString(card, { terminalNumber: '410100813475', deviceNumber: '终端设备号' }), OFFICIAL);
});

t.test('a card of generation 3 that names nobody is blank, or locked where the driver says so', async (t) => {
  const expected = { algorithm: 'sm4', cardNumber: '', version: '3.00', validTo: '20311202' };
  t.match(cardOfBasString(BLANK, 'blank'), { ...expected, holder: 'blank' });
  t.match(cardOfBasString(BLANK, 'locked'), { ...expected, holder: 'locked' });
});

t.test('vendors’ further fields and blanks do no harm', async (t) => {
  const of = (region: string, version: string, tail: string) =>
    `${region}|${SAMPLE_NUMBER}|X00000019|320200D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|00814E43238697159900BF7C7A|` +
    `${version}|${tail}`;
  const strings = [
    of('320200', '3.00', '20221116|20321116|320200909173|00010100202111010884|JSB01|6200|'),
    of('440300', '2.00', '20160919|20260919|440300907950|00041186201603000534440300907950'),
    of('441800  ', '2.00    ', '20160919|20260919|000000000000|00037261202007000128|'),
    of('440300', '2.00\0\0', '20160919|20260919\0|1|2|psam|insurance|factor|1.0|'),
    of('440300', '2.00', '20160919|20260919'),
  ];
  for (const text of strings) {
    const card = cardOfBasString(text, 'blank');
    t.match(card, { holder: { number: SAMPLE_NUMBER, name: SAMPLE_NAME }, issuedOn: /^20(16|22)/ });
    t.match(card.version, /^[23]\.00$/);
  }
  t.match(
    cardOfBasString(strings[0]!.replace(SAMPLE_NUMBER, ''), 'blank').holder,
    { number: '', name: SAMPLE_NAME },
    'an empty number is no blank card where there is a name',
  );
});

t.test('anything else is refused with a code', async (t) => {
  const fields = OFFICIAL.split('|').slice(0, 11);
  for (const text of [
    '',
    '|||||||||||',
    fields.slice(0, 8).join('|'),
    [...fields, 1, 2, 3, 4, 5].join('|'),
    OFFICIAL.replace('639900D1', 'XX9900D1'),
  ]) {
    t.throws(() => cardOfBasString(text, 'blank'), { code: 'reader.protocol' }, text);
  }
  const piece = fc.oneof(anyText, fc.constantFrom('|', '\0', ' ', ...fields));
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('|')),
      (text) => {
        for (const parse of [() => cardOfBasString(text, 'blank'), () => authenticationRequestOf(text)]) {
          try {
            parse();
          } catch (error) {
            if (!(error instanceof Fault)) throw error;
          }
        }
      },
    ),
  );
});

t.test('step one of the two-step reading says what the encryption machine wants', async (t) => {
  const step1 =
    '510100|0081544C968684510100035676|03|510100D156000005F0348866E075C174|C49031D2A31E6A14|0102030405060708|' +
    '096D1FFE340D812F|0102030405060708|';
  const request = {
    region: '510100',
    resetInformation: '0081544C968684510100035676',
    algorithm: '03',
    cardId: '510100D156000005F0348866E075C174',
    internalFactor: 'C49031D2A31E6A14',
    internalSource: '0102030405060708',
    externalFactor: '096D1FFE340D812F',
    externalSource: '0102030405060708',
  };
  t.strictSame(authenticationRequestOf(step1), request);
  t.strictSame(authenticationRequestOf(`${step1}HDOS1001120170609320000000000000`), request);
  const free = step1.split('|').slice(0, 6).join('|');
  t.match(authenticationRequestOf(`${free}|||`), { externalFactor: '', externalSource: '' });
  for (const text of ['', free, `${free}|<x/>|0102|`, `${step1}a|b|`, step1.replace('|03|', '|3|')]) {
    t.throws(() => authenticationRequestOf(text), { code: 'reader.protocol' }, text);
  }
});
