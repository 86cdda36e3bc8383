import t from 'tap';
import { contentOf } from '../../src/card/model.ts';
import type { HealthCard, SocialSecurityCard } from '../../src/card/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

const holder = { number: SAMPLE_NUMBER, name: SAMPLE_NAME, sex: '1', nation: '01', birthDate: '19810101' };

const social: SocialSecurityCard = {
  resetInformation: '0081544C9786843202AD932A48',
  algorithm: 'des',
  cardId: '639900D1560000050100000000000002',
  category: '1',
  version: '2.00',
  issuer: '',
  issuedOn: '20160919',
  validTo: '20360919',
  cardNumber: 'X00000027',
  blocked: false,
  holder: { ...holder, birthplace: '111111' },
};

const health: HealthCard = {
  cardNumber: 'C00000000000000018',
  version: '0002',
  category: '1',
  issuer: '样例县卫生局',
  issuerCode: '',
  issuedOn: '20130401',
  validTo: '20330401',
  holder,
  archiveNumber: '',
  nrcmsNumber: 'N00000000000000018',
  bloodGroup: '3',
  rhesus: '1',
  authenticated: false,
};

const notesOf = (card: Partial<SocialSecurityCard>, today = '20260302') =>
  contentOf({ kind: 'social-security-card', card: { ...social, ...card } }, today, false).notes;

t.test('what became of a card is told beside what it says', async (t) => {
  t.strictSame(notesOf({}), []);
  t.strictSame(notesOf({ blocked: true }), ['blocked']);
  t.strictSame(notesOf({}, '20360919'), [], 'good on its last day');
  t.strictSame(notesOf({}, '20360920'), ['expired']);
  t.strictSame(notesOf({}, '20160919'), [], 'and on its first');
  t.strictSame(notesOf({}, '20160918'), ['not-yet-valid']);
  t.strictSame(notesOf({ blocked: true, validTo: '2022', issuedOn: '2012' }), ['expired', 'blocked']);
  t.strictSame(notesOf({ issuedOn: '', validTo: '' }), [], 'a card that tells no days has none');
});

t.test('a health card names its holder and what is on it beside', async (t) => {
  t.strictSame(contentOf({ kind: 'health-card', card: health }, '20260302', false), {
    kind: 'health-card',
    holder: 'read',
    verifiedBy: 'nobody',
    assurance: 'chip-read',
    identity: {
      documentType: 'resident-id',
      documentNumber: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: 'male',
      birthDate: '1981-01-01',
    },
    healthCard: {
      cardNumber: 'C00000000000000018',
      version: '0002',
      category: '1',
      issuer: '样例县卫生局',
      issuedOn: '2013-04-01',
      validTo: '2033-04-01',
      nation: '01',
      nrcmsNumber: 'N00000000000000018',
      bloodGroup: '3',
      rhesus: '1',
    },
    notes: [],
  });
});

t.test('a PSAM that proved us to the card makes the person no surer', async (t) => {
  const content = contentOf(
    { kind: 'health-card', card: { ...health, authenticated: true } },
    '20260302',
    false,
  );
  t.match(content, { verifiedBy: 'psam', assurance: 'chip-read' });
});

t.test('a health card without a holder is blank or locked, and may have expired', async (t) => {
  for (const state of ['blank', 'locked'] as const) {
    const content = contentOf({ kind: 'health-card', card: { ...health, holder: state } }, '20330402', false);
    t.match(content, { holder: state, notes: ['expired'] });
    t.notOk('identity' in content);
  }
});
