import type { AssistanceConfiguration } from '../../../schemas/payer-configuration.ts';
import { chinaDate } from '../../../src/clock.ts';
import { type Fen, yuanOf } from '../../../src/money.ts';
import type { Bill, Charge, Split } from '../../../src/settlement/port.ts';

/** Who and where a record is about: the service finds it by person, date and hospital. */
export function recordKey(bill: Bill) {
  return { idCard: bill.identity.documentNumber, inDate: chinaDate(bill.visit.startedAt) };
}

type Hospital = Pick<AssistanceConfiguration, 'hospitalId' | 'hospitalName' | 'hospitalArea'>;

function visitFields(bill: Bill, { hospitalId, hospitalName, hospitalArea }: Hospital) {
  const [main] = bill.diagnoses;
  return {
    ...recordKey(bill),
    recordNo: bill.visit.number,
    insuranceNo: bill.identity.cardNumber ?? '',
    department: bill.visit.departmentName,
    disease: main?.code ?? '',
    diseaseName: main?.name ?? '',
    hospitalId,
    hospitalName,
    hospitalArea,
  };
}

/** saveInRecord: the record that a settlement ends (入院备案). */
export function recordFields(bill: Bill, hospital: Hospital) {
  return visitFields(bill, hospital);
}

/** balance: what everybody pays; with sign -1 the reversal, a settlement with negative amounts (冲账). */
export function balanceFields(
  bill: Bill,
  split: Split,
  ratio: string,
  hospital: Hospital,
  sign: 1 | -1,
): Record<string, string> {
  const amount = (fen: Fen) => yuanOf(sign * fen);
  const basic = bill.before.find(({ place }) => place === 'basic')?.split;
  const others = bill.before.filter(({ place }) => place !== 'basic');
  const otherFen = others.reduce((total, { split }) => total + split.fundFen, 0);
  return {
    ...visitFields(bill, hospital),
    leaveDate: chinaDate(bill.stay?.endedAt ?? bill.visit.startedAt),
    totalExpense: amount(bill.totalFen),
    insuranceExpense: amount(basic?.inScopeFen ?? split.inScopeFen),
    insurancePay: amount(basic?.fundFen ?? 0),
    otherPay: amount(otherFen),
    assistancePay: amount(split.fundFen),
    assistancePer: ratio,
    personalPay: amount(split.cashFen),
  };
}

/** saveExpenseDetail: the lines of the bill, once it is settled. */
export function expenseFields(bill: Bill): Record<string, string>[] {
  const { idCard } = recordKey(bill);
  const at = chinaDate(bill.visit.startedAt);
  return bill.charges.map((charge: Charge) => ({
    idCard,
    recordNo: bill.visit.number,
    insuranceNo: bill.identity.cardNumber ?? '',
    expCode: charge.nationalCode,
    expName: charge.name,
    expDate: at,
    num: charge.count,
    price: charge.price,
    expMoney: yuanOf(charge.amountFen),
  }));
}
