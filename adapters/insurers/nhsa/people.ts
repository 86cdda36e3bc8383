import type { Identity } from '../../../schemas/identity.ts';
import { Fault } from '../../../src/errors.ts';
import { type Fen, fenOf } from '../../../src/money.ts';
import type { Eligibility, Insurance } from '../../../src/settlement/port.ts';
import { firstOf, rowsOf } from './amounts.ts';
import { isRecord, textOf } from './envelope.ts';

/** psn_cert_type of the documents we know. */
const DOCUMENTS: Record<Identity['documentType'], string> = {
  'resident-id': '01',
  'residence-permit': '17',
  'foreigner-permit': '07',
  passport: '08',
  other: '99',
};

/** mdtrt_cert_type. */
const BY_CODE = '01';
const BY_DOCUMENT = '02';
const BY_CARD = '03';

/** The person's document and the credential of the visit, as every transaction about a person asks for them. */
export function certificates(identity: Identity) {
  const psn_cert_type = DOCUMENTS[identity.documentType];
  return { ...credential(identity), psn_cert_type, certno: identity.documentNumber };
}

/** What the patient showed: the token of a decoded code, before a card with both its numbers, before the document. */
function credential({ documentNumber, cardId, cardNumber, insuranceCodeToken }: Identity) {
  if (insuranceCodeToken) {
    return { mdtrt_cert_type: BY_CODE, mdtrt_cert_no: insuranceCodeToken, card_sn: '' };
  }
  return cardId && cardNumber
    ? { mdtrt_cert_type: BY_CARD, mdtrt_cert_no: cardNumber, card_sn: cardId }
    : { mdtrt_cert_type: BY_DOCUMENT, mdtrt_cert_no: documentNumber, card_sn: '' };
}

/** 1101 人员信息获取. `at` is yyyy-MM-dd HH:mm:ss. */
export function personInput(identity: Identity, at: string) {
  return { data: { ...certificates(identity), psn_name: identity.name, begntime: at } };
}

/** A resident ID number in full (GB 11643): neither masked nor of the fifteen digits before 1999. */
const RESIDENT_ID = /^\d{17}[\dX]$/;

/** Why an output of 1101 can't be used: it names nobody, or somebody else. */
export function personFault(output: unknown, { documentNumber }: Identity): string | undefined {
  const base = firstOf(isRecord(output) ? output.baseinfo : undefined);
  if (textOf(base.psn_no) === '') return '应答中没有人员编号 / the answer has no psn_no';
  const [asked, answered] = [documentNumber.toUpperCase(), textOf(base.certno).trim().toUpperCase()];
  const comparable = RESIDENT_ID.test(asked) && RESIDENT_ID.test(answered);
  return comparable && asked !== answered
    ? '应答的证件号码不属于这次请求 / certno belongs to another request'
    : undefined;
}

const INSURED = '1';

/** What 1101 says of a person. A status that is left out counts as insured: the trial will tell. */
export function eligibilityOf(output: unknown): Eligibility {
  const node = isRecord(output) ? output : {};
  const base = firstOf(node.baseinfo);
  return {
    personNumber: textOf(base.psn_no),
    name: textOf(base.psn_name),
    insurances: rowsOf(node.insuinfo)
      .filter((row) => textOf(row.insutype) !== '')
      .map(
        (row): Insurance => ({
          insutype: textOf(row.insutype),
          personType: textOf(row.psn_type),
          active: (textOf(row.psn_insu_stas) || INSURED) === INSURED,
          balanceFen: balanceOf(row.balc),
          insuredPlace: textOf(row.insuplc_admdvs),
        }),
      ),
    classes: rowsOf(node.idetinfo)
      .filter((row) => textOf(row.psn_idet_type) !== '')
      .map((row) => ({
        code: textOf(row.psn_idet_type),
        ...period('from', textOf(row.begntime)),
        ...period('to', textOf(row.endtime)),
      })),
  };
}

function balanceOf(value: unknown): Fen {
  const fen = fenOf(textOf(value));
  return fen.ok ? fen.value : 0;
}

function period<K extends 'from' | 'to'>(key: K, time: string) {
  return time === '' ? {} : ({ [key]: time.slice(0, 10) } as Record<K, string>);
}

/** Insurances that only add to a basic one: 公务员, 大额, 企业补充, 大病, 长护, 生育. */
const ADDITIONAL: ReadonlySet<string> = new Set(['320', '330', '370', '392', '410', '510']);

/**
 * The insurance a bill is settled under: the one asked for, or the only one that can be meant.
 * Answers which choices there are when it can't be told.
 */
export function chooseInsurance(
  insurances: readonly Insurance[],
  asked: string | undefined,
): { readonly chosen: Insurance } | { readonly choices: readonly string[] } {
  const active = insurances.filter((insurance) => insurance.active);
  if (asked !== undefined) {
    const chosen = active.find((insurance) => insurance.insutype === asked);
    return chosen ? { chosen } : { choices: [] };
  }
  const basic = active.filter((insurance) => !ADDITIONAL.has(insurance.insutype));
  const candidates = basic.length > 0 ? basic : active;
  const [only, ...others] = candidates;
  if (only && others.length === 0) return { chosen: only };
  return { choices: [...new Set(candidates.map((insurance) => insurance.insutype))] };
}

/** As `chooseInsurance`, or the fault that says why there is no choice. */
export function chosenInsurance(insurances: readonly Insurance[], asked: string | undefined): Insurance {
  const choice = chooseInsurance(insurances, asked);
  if ('chosen' in choice) return choice.chosen;
  if (choice.choices.length === 0) throw new Fault('settlement.not-insured');
  throw new Fault('settlement.choose-insurance', { facts: { choices: choice.choices.join(',') } });
}

/** Whether a name is that of the person asked about; blanks, dots and forms of a character don't make another. */
export function isNamed(answered: string, asked: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').replace(/[\s·•・‧.]/gu, '');
  // A name that the platform masks or leaves out says nothing.
  if (answered === '' || answered.includes('*')) return true;
  return plain(answered) === plain(asked);
}
