import type { OutgoingForm, ReferralForm, ReturnForm } from '../../../schemas/referral-form.ts';

/** A piece of a line: printed words, or what was filled in, which stands on a rule. */
export type Segment = string | { readonly fill: string };

export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | {
      readonly kind: 'line';
      readonly segments: readonly Segment[];
      readonly align?: 'right';
      readonly indent?: true;
    }
  | { readonly kind: 'section'; readonly heading: string; readonly text: string }
  /** Where the stub is torn off. */
  | { readonly kind: 'cut' };

/** A form in the official layout, stub above and letter below, for whatever puts it on paper. */
export interface Sheet {
  readonly title: string;
  readonly number: string;
  readonly blocks: readonly Block[];
}

export function sheetOf(form: ReferralForm): Sheet {
  const blocks = form.form === 'outgoing' ? outgoing(form) : back(form);
  return { title: form.title, number: form.number, blocks };
}

function outgoing({ title, stub, letter, local }: OutgoingForm): Block[] {
  return [
    { kind: 'title', text: '存根' },
    line(...person(stub.patient), ' 档案编号', fill(stub.patient.recordNumber)),
    ...home(stub.patient),
    line(
      '于',
      ...date(stub.date),
      '因病情需要,转入',
      fill(stub.organisation.name),
      '单位',
      fill(stub.department),
      '科室',
      fill(stub.receivingDoctor),
      '接诊医生。',
    ),
    ...signature(stub.doctor, stub.signedOn),
    { kind: 'cut' },
    { kind: 'title', text: title },
    line(fill(letter.to.name), '(机构名称):'),
    {
      ...line(
        '现有患者',
        fill(letter.patient.name),
        '性别',
        fill(sexOf(letter.patient.sex.name)),
        '年龄',
        fill(letter.patient.age?.text),
        '因病情需要,需转入贵单位,请予以接诊。',
      ),
      indent: true,
    },
    section('初步印象', letter.impression),
    section('主要现病史(转出原因)', letter.presentIllness),
    section('主要既往史', letter.pastHistory),
    section('治疗经过', letter.treatment),
    ...(local.allergies === undefined ? [] : [section('过敏史', local.allergies)]),
    ...(local.cardNumber === undefined ? [] : [line('医保证(卡)号', fill(local.cardNumber))]),
    ...(local.instructions === undefined ? [] : [section('患者须知', local.instructions)]),
    ...closing(letter),
  ];
}

function back({ title, stub, letter }: ReturnForm): Block[] {
  const advice = [letter.treatment, letter.nextPlan, letter.rehabilitation].filter(
    (text) => text !== undefined,
  );
  return [
    { kind: 'title', text: '存根' },
    line(...person(stub.patient), ' 病案号', fill(stub.inpatientNumber)),
    ...home(stub.patient),
    line(
      '于',
      ...date(stub.date),
      '因病情需要,转回',
      fill(stub.organisation.name),
      '单位',
      fill(stub.receivingDoctor),
      '接诊医生。',
    ),
    ...signature(stub.doctor, stub.signedOn),
    { kind: 'cut' },
    { kind: 'title', text: title },
    line(fill(letter.to.name), '(机构名称):'),
    { ...line('现有患者', fill(letter.patient.name), '因病情需要,现转回贵单位,请予以接诊。'), indent: true },
    section('诊断结果', letter.diagnosis),
    line('住院病案号', fill(letter.inpatientNumber)),
    section('主要检查结果', letter.findings),
    section('治疗经过、下一步治疗方案及康复建议', advice.join('\n')),
    ...closing(letter),
  ];
}

function closing({ doctor, organisation, date: day }: (OutgoingForm | ReturnForm)['letter']): Block[] {
  return [
    right('转诊医生(签字):', fill(doctor.name)),
    right('联系电话:', fill(doctor.phone)),
    right(fill(organisation.name), '(机构名称)'),
    right(...date(day)),
  ];
}

function signature(doctor: string, day: string): Block[] {
  return [right('转诊医生(签字):', fill(doctor)), right(...date(day))];
}

function person({ name, sex, age }: OutgoingForm['letter']['patient']): Segment[] {
  return ['患者姓名', fill(name), ' 性别', fill(sexOf(sex.name)), ' 年龄', fill(age?.text)];
}

function home({ address, phone }: OutgoingForm['stub']['patient']): Block[] {
  return [line('家庭住址', fill(address), ' 联系电话', fill(phone))];
}

/** A form says 男, where the code table says 男性. */
function sexOf(name: string): string {
  return name.replace(/性$/, '').replace(/^未.*/, '');
}

function date(day: string): Segment[] {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  return [fill(year), '年', fill(month), '月', fill(dayOfMonth), '日'];
}

/** What nobody knows is a blank rule, to be filled in by hand. */
function fill(text: string | undefined): Segment {
  return { fill: text ?? '' };
}

function line(...segments: Segment[]): Extract<Block, { kind: 'line' }> {
  return { kind: 'line', segments };
}

function right(...segments: Segment[]): Block {
  return { kind: 'line', segments, align: 'right' };
}

function section(heading: string, text: string | undefined): Block {
  return { kind: 'section', heading, text: text ?? '' };
}
