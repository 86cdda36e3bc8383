import t from 'tap';
import { basString } from '../../../src/card/social-security/bas.ts';

const sample = {
  resetInformation: '00814E43238697159900BF7C7A',
  algorithm: 'des',
  cardId: '639900D15600000500BF7C7A48FB4966',
  category: '1',
  version: '1.00',
  issuer: '',
  issuedOn: '20101001',
  validTo: '20201001',
  cardNumber: 'X00000019',
  blocked: false,
  holder: {
    number: '111111198101011110',
    name: '张三',
    sex: '1',
    nation: '01',
    birthplace: '111111',
    birthDate: '19810101',
  },
} as const;

t.test('the official sample of iReadCardBas comes out word for word', async (t) => {
  t.equal(
    basString(sample, { terminalNumber: '410100813475', deviceNumber: '终端设备号' }),
    '639900|111111198101011110|X00000019|639900D15600000500BF7C7A48FB4966|张三|00814E43238697159900BF7C7A|1.00|' +
      '20101001|20201001|410100813475|终端设备号|',
  );
});

t.test('a holder who is locked leaves his fields empty, as a real card of generation 3 does', async (t) => {
  const card = {
    ...sample,
    cardId: '411600D156000005C38275EEFC9B9648',
    resetInformation: '008C544CB386844116018593CA',
    version: '3.00',
    cardNumber: '',
    issuedOn: '20211203',
    validTo: '20311202',
    holder: 'locked',
  } as const;
  t.equal(
    basString(card, { terminalNumber: '', deviceNumber: '' }),
    '411600|||411600D156000005C38275EEFC9B9648||008C544CB386844116018593CA|3.00|20211203|20311202|||',
  );
});
