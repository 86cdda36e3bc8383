import { OutgoingForm, ReturnForm } from '../../schemas/referral-form.ts';
import { capabilityStatement } from '../referral/fhir/capability.ts';
import { KEPT_TYPES } from '../referral/fhir/pack.ts';
import { ACTIVITY_CODES } from '../referral/forms/sichuan/activities.ts';
import { UPLOAD_COLUMNS } from '../referral/forms/upload.ts';

/** A test by its file, below test/referral, and its name. */
type Shown = readonly [file: string, name: string];

/** What each interaction of the FHIR face is shown by. */
const INTERACTIONS: Readonly<Record<string, Shown>> = {
  capabilities: [
    'fhir/reads.test.ts',
    'everything a referral gives to read passes two independent validators, at both ends',
  ],
  'Task read': [
    'fhir/reads.test.ts',
    'a task says in the words of BSeR where the referral stands, and who works on it',
  ],
  'Task search-type': ['fhir/reads.test.ts', 'tasks are found by what a referral needs, a page at a time'],
  'Task create': [
    'fhir/cancellation.test.ts',
    'a request to call a referral off is a task of its own, which the receiver refuses or accepts',
  ],
  'Task patch': ['fhir/patch.test.ts', 'a task is worked on by patches, through the same machine'],
  'Task update': [
    'fhir/writes.test.ts',
    'a task is worked on by updates, each an act of the machine that the other end hears of',
  ],
  'ServiceRequest read': [
    'fhir/reads.test.ts',
    'a task says in the words of BSeR where the referral stands, and who works on it',
  ],
  'ServiceRequest search-type': [
    'fhir/reads.test.ts',
    'tasks are found by what a referral needs, a page at a time',
  ],
  'ServiceRequest create': [
    'fhir/writes.test.ts',
    'the same condition creates once, also when two come at once',
  ],
  'Patient read': [
    'fhir/reads.test.ts',
    'everything a referral gives to read passes two independent validators, at both ends',
  ],
  'Patient search-type': [
    'fhir/reads.test.ts',
    'a person is found by POST, so that no number stands in an address',
  ],
  'Organization read': [
    'fhir/reads.test.ts',
    'everything a referral gives to read passes two independent validators, at both ends',
  ],
  'Organization search-type': [
    'fhir/organisations.test.ts',
    'organisations are found by their code and by the beginning of their name',
  ],
  'Communication read': [
    'fhir/reads.test.ts',
    'everything a referral gives to read passes two independent validators, at both ends',
  ],
  'Communication search-type': [
    'fhir/reads.test.ts',
    'everything a referral gives to read passes two independent validators, at both ends',
  ],
  'Communication create': [
    'fhir/writes.test.ts',
    'an interim note is a Communication; the same identifier sends it once',
  ],
  'DocumentReference read': [
    'fhir/reads.test.ts',
    'everything a referral gives to read passes two independent validators, at both ends',
  ],
  'DocumentReference search-type': [
    'fhir/documents.test.ts',
    'files of a referral are found as documents, their content where /v1 has it',
  ],
  'DocumentReference create': [
    'fhir/documents.test.ts',
    'a posted document becomes a file of its referral; the same again is the file it was',
  ],
  'Subscription create': [
    'fhir/subscriptions.test.ts',
    'a subscriber is greeted, told of each change by number, and given a sign of life',
  ],
  'Subscription read': [
    'fhir/subscriptions.test.ts',
    'a subscriber is greeted, told of each change by number, and given a sign of life',
  ],
  'Subscription update': [
    'fhir/subscriptions.test.ts',
    'what fails is sent again in order; an error is left only by the subscriber, who asks for the gap',
  ],
  'Subscription delete': [
    'fhir/subscriptions.test.ts',
    'addresses inside, other topics and other channels are refused; what is deleted is gone',
  ],
  transaction: [
    'fhir/writes.test.ts',
    'a transaction Bundle creates one referral, which goes to the other end',
  ],
  batch: ['fhir/batch.test.ts', 'each entry of a batch is done on its own, whatever becomes of the others'],
  '$process-message': [
    'fhir/messages.test.ts',
    'mended, it becomes a referral, and every resource of it comes out unharmed',
  ],
  'a repeated Bundle.identifier': [
    'fhir/messages.test.ts',
    'a repeat gets the first answer, and the same identifier with another content is a conflict',
  ],
  'an Idempotency-Key': [
    'fhir/repeating.test.ts',
    'a transaction under an Idempotency-Key creates once, and a repeat gets the same answer',
  ],
  '412, 422, 428': [
    'fhir/writes.test.ts',
    'what the machine does not allow is 422, an old version 412, none 428, and nothing changes',
  ],
  OperationOutcome: ['fhir/reads.test.ts', 'every refusal is an OperationOutcome that says whose it is'],
};

/** What is read only because it came with a referral. */
const KEPT: Shown = [
  'fhir/messages.test.ts',
  'mended, it becomes a referral, and every resource of it comes out unharmed',
];

const OUTGOING: Shown = [
  'forms/paper.test.ts',
  'the outgoing form has every field of the official one, at both ends alike',
];
const RETURN: Shown = [
  'forms/paper.test.ts',
  'the return form exists once there is an outcome, and has all its fields',
];
const UPLOAD: Shown = [
  'forms/uploads.test.ts',
  'a referral is uploaded by its sender, and its cancellation under the same key',
];
const SICHUAN: Shown = [
  'forms/sichuan/messages.test.ts',
  'the four messages follow the referral, conform to FHIR, and are alike at both ends',
];
const DATA_SET: Shown = [
  'forms/data-set.test.ts',
  'the data set has what a referral holds, tells what it lacks, and is alike at both ends',
];
/** Fills each field with words of its own and looks for them on the sheet. */
const PRINTED: Shown = ['forms/fields.test.ts', 'each field that the page calls printed is printed'];

/** What a form calls the fields whose schema is shared with others and does not say. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  number: '编号',
  title: '标题',
  'patient.name': '患者姓名',
  sex: '性别',
  birthDate: '出生日期',
  age: '年龄',
  document: '证件',
  date: '日期',
  signedOn: '签字日期',
  organisation: '机构名称',
  to: '接诊机构名称',
};

/** Fields that are data and have no place on the paper; the official return form has 病案号 for 档案编号. */
const DATA_ONLY = ['number', 'birthDate', 'document'];
const DATA_ONLY_RETURNED = ['recordNumber'];

/** What is one field though it has parts: a code, an age, an organisation. */
const WHOLE = new Set(['sex', 'age', 'document', 'organisation', 'to']);

interface SchemaPart {
  readonly description?: string;
  readonly const?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
}

export interface FormField {
  readonly path: string;
  readonly zh: string;
  readonly printed: boolean;
}

/** Every field of a form, from its schema. */
export function fieldsOf(form: object): FormField[] {
  const { properties } = form as SchemaPart;
  const notPrinted = properties?.form?.const === 'return' ? [...DATA_ONLY, ...DATA_ONLY_RETURNED] : DATA_ONLY;
  return leavesOf(form as SchemaPart, '').map(({ path, zh }) => {
    return { path, zh, printed: !notPrinted.some((each) => path === each || path.endsWith(`.${each}`)) };
  });
}

function leavesOf(form: SchemaPart, above: string): Omit<FormField, 'printed'>[] {
  return Object.entries(form.properties ?? {}).flatMap(([name, part]) => {
    if (part.const !== undefined) return [];
    const path = above + name;
    if (part.properties && !WHOLE.has(name)) return leavesOf(part, `${path}.`);
    const zh = FIELD_NAMES[name] ?? part.description ?? FIELD_NAMES[path.split('.').slice(-2).join('.')];
    if (zh === undefined) throw new Error(`the field ${path} has no name`);
    return [{ path, zh }];
  });
}

const HEAD = `# 符合性 / Conformance

每个 FHIR 交互、每个表单栏目,以及证明它的测试(\`test/referral\` 下)。由 \`npm run errors\` 根据代码生成,请勿手工修改:没有测试的交互、
没有名称的栏目,会使生成失败;测试 \`test/docs/conformance-page.test.ts\` 保证所列测试都存在。
Each interaction, each field, and the test below \`test/referral\` that shows it. Generated from the code by \`npm run errors\`; an
interaction without a test, or a test that is not there, fails.
`;

/** docs/conformance.md. */
export function conformancePage(): string {
  return [
    HEAD,
    '\n## FHIR R4\n\n见 / see [fhir.md](fhir.md).\n\n| interaction | test |\n|---|---|\n',
    ...interactionRows(),
    '\n## 双向转诊(转出)单 / The outgoing form\n',
    formTable(OutgoingForm, OUTGOING),
    '\n## 双向转诊(回转)单 / The return form\n',
    formTable(ReturnForm, RETURN),
    '\n## 市级平台转诊记录 / The city’s upload record\n\n| 列 | 含义 | 必填 | test |\n|---|---|---|---|\n',
    ...UPLOAD_COLUMNS.map(
      ([name, zh, , required]) => `| ${name} | ${zh} | ${required ? '是' : ''} | ${told(UPLOAD)} |\n`,
    ),
    '\n## 其他 / Others\n\n| 内容 | test |\n|---|---|\n',
    `| WS 445.16-2014 转诊(院)记录,数据组和数据元见 [forms.md](forms.md) | ${told(DATA_SET)} |\n`,
    ...ACTIVITY_CODES.map((code) => `| 四川双向转诊消息 ${code} | ${told(SICHUAN)} |\n`),
  ].join('');
}

interface Statement {
  readonly rest: readonly {
    readonly resource: readonly {
      readonly type: string;
      readonly interaction: readonly { code: string }[];
    }[];
    readonly interaction: readonly { readonly code: string }[];
    readonly operation: readonly { readonly name: string }[];
  }[];
}

function interactionRows(): string[] {
  const [rest] = (capabilityStatement({ version: '', url: '' }) as unknown as Statement).rest;
  const offered = [
    'capabilities',
    ...rest!.resource.flatMap(({ type, interaction }) => interaction.map(({ code }) => `${type} ${code}`)),
    ...rest!.interaction.map(({ code }) => code),
    ...rest!.operation.map(({ name }) => `$${name}`),
  ];
  const others = Object.keys(INTERACTIONS).filter((each) => !offered.includes(each));
  const kept = KEPT_TYPES.filter((type) => INTERACTIONS[`${type} read`] === undefined);
  const keptReads = new Set(kept.map((type) => `${type} read`));
  const rows = [...offered.filter((each) => !keptReads.has(each)), ...others].map((what) => {
    const shown = INTERACTIONS[what];
    if (!shown) throw new Error(`${what} has no test that shows it`);
    return `| ${what} | ${told(shown)} |\n`;
  });
  return [
    ...rows,
    `| read,随转诊而来的 / of what came with a referral: ${kept.join(', ')} | ${told(KEPT)} |\n`,
  ];
}

function formTable(form: object, shown: Shown): string {
  const rows = fieldsOf(form).map(({ path, zh, printed }) => {
    const place = printed ? '数据、纸面 / data, paper' : '数据 / data';
    return `| ${zh} | \`${path}\` | ${place} | ${[shown, ...(printed ? [PRINTED] : [])].map(told).join('<br>')} |\n`;
  });
  return `\n| 栏目 | field | 位置 | test |\n|---|---|---|---|\n${rows.join('')}`;
}

function told([file, name]: Shown): string {
  return `${file}: ${name}`;
}
