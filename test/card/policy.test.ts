import t from 'tap';
import { admit, type CardRules, cardNumbers, DEFAULT_RULES, validity } from '../../src/card/policy.ts';
import { readConfiguration } from '../../src/config.ts';

const rules: CardRules = { expired: 'note', blocked: 'note', revoked: 'note', typed: 'accept' };

t.test('a card is refused by the rule, not by the program', async (t) => {
  for (const note of ['expired', 'blocked', 'revoked'] as const) {
    t.doesNotThrow(() => admit([note], rules), `${note} is noted`);
    t.throws(() => admit([note], { ...rules, [note]: 'refuse' }), { code: `card.${note}` });
    t.doesNotThrow(() => admit(['number-checksum', 'not-yet-valid'], { ...rules, [note]: 'refuse' }));
  }
  const strict: CardRules = { expired: 'refuse', blocked: 'refuse', revoked: 'refuse', typed: 'refuse' };
  t.throws(() => admit(['expired', 'blocked', 'revoked'], strict), { code: 'card.revoked' }, 'the gravest');
  t.throws(() => admit(['expired', 'blocked'], strict), { code: 'card.blocked' });
});

t.test('without a configuration the rules are those of the default file', async (t) => {
  t.match(readConfiguration(undefined).cards, DEFAULT_RULES);
});

t.test('the last day counts, and a year means all of it', async (t) => {
  const today = '20260302';
  t.same(validity('20260302', today), []);
  t.same(validity('20260301', today), ['expired']);
  t.same(validity('2026', today), []);
  t.same(validity('2025', today), ['expired']);
  t.same(validity('长期', today, '20260302'), []);
  t.same(validity('20360302', today, '20260303'), ['not-yet-valid']);
  t.same(validity('', today, '2026'), []);
  t.same(validity('99999999', today, '00000000'), [], 'no days');
});

t.test('a card stands on the list under any of its numbers', async (t) => {
  t.same(cardNumbers({}), []);
  const card = { cardId: 'A', version: '2.00', region: '', algorithm: 'des', resetInformation: '' } as const;
  t.same(cardNumbers({ card: { ...card, cardNumber: 'B' }, healthCard: { cardNumber: 'C' } }), [
    'A',
    'B',
    'C',
  ]);
});
