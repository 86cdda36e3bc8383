import t from 'tap';
import {
  cardFactor,
  cityFactor,
  factorsOf,
  provinceFactor,
} from '../../../src/card/social-security/diversification.ts';

const hex = (bytes: Buffer | undefined) => bytes?.toString('hex').toUpperCase();

t.test('the card’s factor is the last eight historical bytes of its ATR', async (t) => {
  for (const [resetInformation, factor] of [
    ['00814E43238697159900BF7C7A', '8697159900BF7C7A'],
    ['0096544CA08684440300506407', '8684440300506407'],
    ['0081544C9786843202AD932A48', '86843202AD932A48'],
    ['0087CF20018649618B00930612', '8649618B00930612'],
  ] as const) {
    t.equal(hex(cardFactor(resetInformation)), factor);
  }
  t.equal(cardFactor('00814E43238697'), undefined, 'seven bytes are not enough');
  t.equal(cardFactor(''), undefined);
});

t.test('the city’s factor is its six digits and sx, the province’s ends in 0000sh', async (t) => {
  t.equal(hex(cityFactor('371700')), '3337313730307378');
  t.equal(hex(provinceFactor('371700')), '3337303030307368');
});

t.test('a module takes the factors from the card upwards, as many as the key has levels', async (t) => {
  const card = {
    resetInformation: '0081544C968684510100035676',
    cardId: '371700D156000005F0348866E075C174',
  };
  const [own, city, province] = ['8684510100035676', '3337313730307378', '3337303030307368'];
  t.equal(hex(factorsOf(card, 1)), own);
  t.equal(hex(factorsOf(card, 2)), `${own}${city}`);
  t.equal(hex(factorsOf(card, 3)), `${own}${city}${province}`);
  t.equal(factorsOf({ ...card, resetInformation: '00' }, 1), undefined);
});
