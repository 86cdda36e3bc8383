import t from 'tap';
import { identityOfText } from '../../src/card/identity.ts';
import type { ResidentIdText } from '../../src/card/resident-id/text.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

const text: ResidentIdText = {
  layout: 'resident',
  name: SAMPLE_NAME,
  englishName: '',
  sex: '1',
  nation: '01',
  nationality: '',
  birthDate: '19810101',
  address: '',
  number: SAMPLE_NUMBER,
  issuer: '',
  validFrom: '',
  validTo: '',
  passNumber: '',
  issueCount: '',
  version: '',
};

t.test('what does not agree is noted, and refuses nothing', async (t) => {
  const notes = (change: Partial<ResidentIdText>) => identityOfText({ ...text, ...change }).notes;
  t.strictSame(notes({}), []);
  t.strictSame(notes({ number: `${SAMPLE_NUMBER.slice(0, 17)}X` }), ['number-checksum']);
  t.strictSame(notes({ birthDate: '19820101' }), ['birth-date-differs']);
  t.strictSame(notes({ sex: '2' }), ['sex-differs']);
  t.strictSame(notes({ name: '字'.repeat(60) }), ['name-cut']);
  t.strictSame(notes({ name: '张\ufffd' }), ['name-unreadable']);
});

t.test('a document without name or number names nobody', async (t) => {
  t.equal(identityOfText({ ...text, name: '' }).identity, undefined);
  t.equal(identityOfText({ ...text, number: '' }).identity, undefined);
  t.equal(identityOfText({ ...text, number: '1 2 3 4 5 6' }).identity, undefined);
});
