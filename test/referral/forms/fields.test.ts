import t from 'tap';
import { OutgoingForm, type ReferralForm, ReturnForm } from '../../../schemas/referral-form.ts';
import { fieldsOf } from '../../../src/docs/conformance-page.ts';
import { sheetOf } from '../../../src/referral/forms/sheet.ts';
import { back, outgoing } from './print/world.ts';

/** What marks a field: words that stand nowhere else, or a day that does not. */
const MARK = '标记七七';
const DAY = { iso: '1977-07-17', shown: ['1977', '07', '17'] };

/** A form with one field filled with the mark. */
function marked(form: ReferralForm, path: string): ReferralForm {
  const copy = structuredClone(form);
  const steps = path.split('.');
  const last = steps.pop()!;
  // biome-ignore lint/suspicious/noExplicitAny: fields are looked at by their path.
  let place: any = copy;
  for (const step of steps) place = place[step];
  if (last === 'sex') place.sex.name = MARK;
  else if (last === 'age') place.age.text = MARK;
  else if (last === 'organisation' || last === 'to') place[last].name = MARK;
  else if (last === 'document') place.document.number = MARK;
  else place[last] = /^(date|signedOn|birthDate)$/.test(last) ? DAY.iso : MARK;
  return copy;
}

function shows(form: ReferralForm): boolean {
  const text = JSON.stringify(sheetOf(form).blocks);
  return text.includes(MARK) || DAY.shown.every((each) => text.includes(`"${each}"`));
}

t.test('each field that the page calls printed is printed', async (t) => {
  for (const [schema, form] of [
    [OutgoingForm, outgoing],
    [ReturnForm, back],
  ] as const) {
    const fields = fieldsOf(schema);
    t.ok(fields.length > 20);
    t.notOk(shows(form), 'the mark stands nowhere by itself');
    for (const { path, zh, printed } of fields)
      t.equal(shows(marked(form, path)), printed, `${form.form} ${path} ${zh}`);
  }
});
