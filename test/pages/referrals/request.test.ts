import t from 'tap';
import Compile from 'typebox/compile';
import { CreateReferral, type Referral } from '../../../schemas/referral.ts';
import { type Person, requestOf, type Typed } from '../../../src/pages/app/referrals/request.ts';

const request = Compile(CreateReferral);
const read: Person = { readingId: 'R1', name: '张三', number: '111111198101011110' };
const doctor = { name: '医师', number: 'doctor', phone: '' };
const typed: Typed = {
  to: 'H11111100009',
  department: { name: '心血管内科' },
  priority: 'routine',
  patient: { phone: '', address: ' 示例镇一组 ' },
  form: { impression: '原发性高血压', presentIllness: '反复头晕', pastHistory: '', doctor },
  consent: { given: 'written', by: 'patient' },
};
const of = { id: 'CASE-1' } as Referral;

t.test('a referral names the reading, never the number, and leaves out what was left empty', async (t) => {
  const made = requestOf({ kind: 'new' }, read, typed);
  t.ok(request.Check(made), [...request.Errors(made)].map(({ instancePath }) => instancePath).join(' '));
  t.strictSame(made.patient, { readingId: 'R1', address: '示例镇一组' });
  t.strictSame(made.form, {
    impression: '原发性高血压',
    presentIllness: '反复头晕',
    doctor: { name: '医师', number: 'doctor' },
  });
  t.notOk('retro' in made || 'channel' in made);
});

t.test('an emergency, and what is entered after the fact, say so', async (t) => {
  const green = requestOf({ kind: 'green' }, read, {
    ...typed,
    consent: { given: 'deferred', by: 'patient' },
  });
  t.ok(request.Check(green));
  t.equal(green.channel, 'green');
  const late = requestOf({ kind: 'new' }, read, { ...typed, retro: true, occurredAt: '2026-05-04T09:30' });
  t.ok(request.Check(late));
  t.match(late, { retro: true, occurredAt: '2026-05-04T09:30:00+08:00' });
});

t.test('what follows from a referral names it; a return says the outcome once', async (t) => {
  const identity = {
    documentType: 'resident-id',
    documentNumber: '111111198101011110',
    name: '张三',
  } as const;
  const person: Person = { identity, name: '张三', number: identity.documentNumber };
  t.match(requestOf({ kind: 'onward', of }, person, typed), { onwardOf: 'CASE-1', patient: { identity } });
  const { form: _, ...back } = typed;
  const outcome = { diagnosis: '高血压 2 级', treatment: '长'.repeat(3_000), nextPlan: '回基层随访', doctor };
  const returned = requestOf({ kind: 'return', of }, person, { ...back, outcome });
  t.ok(
    request.Check(returned),
    [...request.Errors(returned)].map(({ instancePath }) => instancePath).join(' '),
  );
  t.match(returned, {
    returnOf: 'CASE-1',
    outcome: { diagnosis: '高血压 2 级', treatment: outcome.treatment },
    form: { impression: '高血压 2 级', presentIllness: '回基层随访', doctor: { name: '医师' } },
  });
  t.equal(returned.form.treatment?.length, 2_000, 'the outgoing form holds less than the return form');
});
