import type { Result } from '../../../schemas/recognition.ts';
import type { Coded } from '../../../schemas/referral-form.ts';
import type { RecordElement, ReferralRecord } from '../../../schemas/referral-record.ts';
import { documentCode } from './codes.ts';
import { ageOn, dayOf, personFacts } from './person.ts';
import { type CaseRecord, completedAt, sentAt } from './record.ts';

/** What a data element is filled with; undefined where the referral has nothing of it. */
type Value = string | Coded | undefined;

/** One occurrence of a group, with every element of the group in the order of the data set. */
interface Filled {
  readonly group: string;
  /** Told where a group occurs for several things. */
  readonly occurrence?: string;
  readonly elements: Readonly<Record<string, Value>>;
}

/**
 * WS 445.16-2014 转诊(院)记录 of a referral, with the groups and elements of a system that implements it (table
 * tran_dign). Free text stays whole under the element that is meant for it: an address is not cut into its parts, and
 * no illness is given a code. Each result that an end offered for recognition is an observation of its own.
 */
export function dataSetOf(record: CaseRecord, results: readonly Result[]): ReferralRecord {
  const filled = [...documentGroups(record), ...personGroups(record), ...partyGroups(record)];
  filled.push(...clinicalGroups(record), ...results.map(observationOf));
  return {
    standard: 'WS 445.16-2014',
    title: '转诊(院)记录',
    number: record.referral.caseId,
    groups: filled
      .map(({ elements, ...head }) => ({ ...head, elements: present(elements) }))
      .filter(({ elements }) => elements.length > 0),
    missing: filled
      .map(({ elements, ...head }) => ({ ...head, elements: absent(elements) }))
      .filter(({ elements }) => elements.length > 0),
  };
}

function documentGroups(record: CaseRecord): Filled[] {
  const { referral, from } = record;
  return [
    {
      group: '文档标识',
      elements: {
        名称: '转诊(院)记录',
        类别代码: undefined,
        管理机构名称: from.name,
        管理机构代码: from.code,
        号码: referral.caseId,
        生效日期: dayOf(sentAt(record)),
        失效日期: undefined,
      },
    },
  ];
}

function personGroups(record: CaseRecord): Filled[] {
  const { identity, address, recordNumber } = record.referral.patient;
  const { birthDate, sex } = personFacts(identity);
  const age = birthDate === undefined ? undefined : ageOn(birthDate, dayOf(sentAt(record)));
  const number = (occurrence: string, kind: Value, value: string): Filled => ({
    group: '标识号',
    occurrence,
    elements: { 类别代码: kind, 号码: value, 生效日期: undefined, 提供标识机构: undefined },
  });
  return [
    { group: '姓名', elements: { 标识对象: '患者', 姓名: identity.name } },
    number('身份证件', documentCode(identity.documentType), identity.documentNumber),
    ...(identity.cardNumber === undefined ? [] : [number('社会保障卡', undefined, identity.cardNumber)]),
    ...(recordNumber === undefined ? [] : [number('健康档案', undefined, recordNumber)]),
    {
      group: '人口学',
      elements: {
        出生日期: birthDate,
        出生地: undefined,
        性别: sex,
        年龄: age?.text,
        国籍: undefined,
        民族: undefined,
        婚姻: undefined,
        职业: undefined,
        文化程度: undefined,
        工作单位: undefined,
      },
    },
    {
      group: '地址',
      elements: {
        // Not an element of the data set, but all that a referral has of an address.
        地址: address,
        省: undefined,
        市: undefined,
        县: undefined,
        乡: undefined,
        村: undefined,
        门牌: undefined,
        邮编: undefined,
        行政区划代码: undefined,
      },
    },
  ];
}

function partyGroups({ referral, from, to }: CaseRecord): Filled[] {
  const { form, department, appointment, outcome } = referral;
  const organisation = (role: string, { name, code }: CaseRecord['from'], section?: string): Filled => ({
    group: '机构',
    occurrence: role,
    elements: {
      名称: name,
      组织机构代码: code,
      负责人: undefined,
      科室: section,
      角色: role,
      角色代码: undefined,
    },
  });
  const provider = (duty: string, name: string | undefined): Filled => ({
    group: '服务者',
    occurrence: duty,
    elements: {
      姓名: name,
      职责: name === undefined ? undefined : duty,
      职责代码: undefined,
      专业技术职务: undefined,
      学历: undefined,
      专业: undefined,
      等级: undefined,
      职务: undefined,
    },
  });
  return [
    organisation('转出机构', from),
    organisation('转入机构', to, appointment?.department.name ?? department.name),
    provider('转诊医生', form.doctor.name),
    provider('接诊医生', outcome?.doctor.name ?? appointment?.doctor),
  ];
}

function clinicalGroups(record: CaseRecord): Filled[] {
  const { referral, from, to } = record;
  const { form, outcome } = referral;
  const completed = completedAt(record);
  const diagnosis = (occurrence: string, by: string, day: string | undefined, name: string): Filled => ({
    group: '诊断',
    occurrence,
    elements: {
      机构: by,
      日期: day,
      类别: occurrence,
      顺位: undefined,
      疾病名称: name,
      疾病代码: undefined,
      依据: undefined,
      依据代码: undefined,
    },
  });
  const course = (occurrence: string, text: string | undefined): Filled => ({
    group: '诊疗过程',
    occurrence,
    elements: { 名称: undefined, 描述: text },
  });
  return [
    { group: '主诉', elements: { 主诉: undefined } },
    {
      group: '症状',
      elements: {
        编码体系: undefined,
        代码: undefined,
        起始日期: undefined,
        终止日期: undefined,
        描述: form.presentIllness,
        急性程度代码: undefined,
      },
    },
    { group: '就诊', elements: { 初诊标志: undefined } },
    observation(undefined, { 结果描述: outcome?.findings }),
    { group: '个人史', elements: { 危险因素: undefined } },
    diagnosis('初步诊断', from.name, dayOf(sentAt(record)), form.impression),
    ...(outcome
      ? [
          diagnosis(
            '转回诊断',
            to.name,
            completed === undefined ? undefined : dayOf(completed),
            outcome.diagnosis,
          ),
        ]
      : []),
    course('转出前', form.treatment),
    ...(outcome ? [course('转入后', outcome.treatment)] : []),
  ];
}

const categories: Readonly<Record<Result['category'], string>> = { examination: '检查', laboratory: '检验' };

/** A result: a number where it is one, and words otherwise. */
function observationOf({ by, number, category, code, name, value, unit }: Result): Filled {
  const numeric = value !== undefined && /^-?\d+(\.\d+)?$/.test(value);
  return observation(`${by === 'initiator' ? '转出机构' : '转入机构'}结果 ${number}`, {
    类别: categories[category],
    项目: { code, name, table: '项目代码(出具机构)' },
    结果描述: numeric ? undefined : value,
    结果数值: numeric ? value : undefined,
    计量单位: unit,
  });
}

function observation(occurrence: string | undefined, elements: Filled['elements']): Filled {
  return {
    group: '观察',
    ...(occurrence === undefined ? {} : { occurrence }),
    elements: {
      类别: undefined,
      项目: undefined,
      结果描述: undefined,
      结果数值: undefined,
      计量单位: undefined,
      结果代码: undefined,
      ...elements,
    },
  };
}

function present(elements: Filled['elements']): RecordElement[] {
  return Object.entries(elements).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (typeof value === 'string') return [{ name, value }];
    return [{ name, value: value.name, code: value.code, table: value.table }];
  });
}

function absent(elements: Filled['elements']): string[] {
  return Object.keys(elements).filter((name) => elements[name] === undefined);
}
