import { hash } from 'node:crypto';
import { type Clock, chinaDateTime } from '../../clock.ts';
import { child, children, type Element, text } from '../nrcms/xml.ts';
import { type Book, type Case, FAMILY, partsOf, type Shares, yuanOf } from './book.ts';
import { ACCOUNT, WORDS } from './port.ts';

/** A business refusal, in the words of `message`. */
export class Refusal extends Error {
  override name = 'Refusal';
}

export interface Context {
  readonly book: Book;
  readonly body: Element;
  readonly clock: Clock;
}

/** The data of an answer: text by name, or rows under a name. */
export type Data = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>;

export type Handler = (context: Context) => Data | { readonly list: { readonly item: Data[string] } };

export function checkAccount(body: Element): void {
  const digest = hash('md5', ACCOUNT.password, 'hex').toUpperCase();
  if (text(body, 'userName') !== ACCOUNT.userName || text(body, 'passWord') !== digest) {
    throw new Refusal('用户名或密码错误');
  }
}

const settling: Handler = (context) => {
  const found = known(context);
  const wrong: Partial<Record<Case['state'], string>> = {
    'rolled-back': WORDS.rolledBack,
    settled: '已结算',
    reversed: '已冲红',
    ...(found.isStay ? { open: '未办理出院' } : {}),
  };
  refuse(wrong[found.state]);
  const shares = context.book.divide(found, context.clock.now());
  context.book.settle(found, shares, context.clock.now());
  return sharesData(shares);
};

const trying: Handler = (context) => {
  const found = known(context);
  if (found.isStay && found.state === 'open') throw new Refusal('未办理出院');
  if (found.state !== 'open' && found.state !== 'discharged') throw new Refusal('补偿序号状态不允许试算');
  return sharesData(context.book.divide(found, context.clock.now()));
};

const reversing: Handler = (context) => {
  const found = known(context);
  if (found.state === 'reversed') throw new Refusal('已冲红');
  if (found.state !== 'settled') throw new Refusal(WORDS.notSettled);
  context.book.reverse(found, context.clock.now());
  return {};
};

const stating: Handler = (context) => {
  const found = known(context);
  if (found.state === 'rolled-back') throw new Refusal(WORDS.rolledBack);
  if (!found.shares || found.settledAt === undefined) throw new Refusal(WORDS.notSettled);
  const { total, pooled, account, civil } = found.shares;
  const { civilCost: _, ...rest } = sharesData(found.shares);
  return {
    ...rest,
    // A statement spells this share otherwise than the settlement's answer.
    mzjCompensateCost: yuanOf(civil),
    setPayCost: yuanOf(total - pooled - account - civil),
    compensateDate: chinaDateTime(found.settledAt),
    destoryDate: found.reversedAt === undefined ? '' : chinaDateTime(found.reversedAt),
  };
};

export const handlers: Readonly<Record<string, Handler>> = {
  S03: (context) => {
    const { book, body, clock } = context;
    // The number of a member's document finds the family as well.
    const numbers: readonly string[] = [FAMILY.medicalNo, ...FAMILY.members.map(({ idCard }) => idCard)];
    if (!numbers.includes(required(context, 'medicalNo'))) throw new Refusal('未查询到参合家庭');
    const { medicalNo, familyId, areaCode } = FAMILY;
    const year = text(body, 'year');
    const account = yuanOf(book.balance(year || chinaDateTime(clock.now()).slice(0, 4)));
    const common = { areaCode, year, familyId, medicalNo, memberStauts: '0', familyAccountBalance: account };
    return { member: FAMILY.members.map((member) => ({ ...member, ...common })) };
  },

  S04: (context) => {
    const inpatientNo = required(context, 'inpatientNo');
    const taken = context.book
      .cases()
      .some((other) => other.inpatientNo === inpatientNo && other.state !== 'rolled-back');
    if (taken) throw new Refusal('住院号重复');
    return { inpId: opened(context, 'ZY', { isStay: true, inpatientNo, usesAccount: false }) };
  },
  S05: (context) => rolledBack(context),
  S06: (context) => {
    known(context);
    required(context, 'diseaseCode');
    return {};
  },
  S07: (context) => moved(context, 'open', 'discharged'),
  S08: (context) => moved(context, 'discharged', 'open'),
  S10: (context) => ({ list: { item: uploaded(context) } }),
  S11: (context) => ({ detail: known(context).lines.map((line) => ({ ...line })) }),
  S12: (context) => {
    const found = known(context);
    const ids = children(child(context.body, 'list'), 'string').map((id) => text(id));
    found.lines = found.lines.filter(({ detailId }) => !ids.includes(detailId));
    return {};
  },
  S13: trying,
  S14: settling,
  S15: reversing,
  S16: stating,
  S17: ({ book }) => ({
    inp: book
      .cases()
      .filter(({ isStay, state }) => isStay && state !== 'rolled-back')
      .map(({ handle, inpatientNo, memberId, state }) => ({
        inpId: handle,
        inpatientNo,
        memberId,
        state: String(state === 'settled'),
      })),
  }),

  S18: (context) => {
    required(context, 'diseaseCode');
    const usesAccount = text(context.body, 'isAccountPay') === '1';
    return { outpId: opened(context, 'MZ', { isStay: false, inpatientNo: '', usesAccount }) };
  },
  S19: (context) => rolledBack(context),
  S21: (context) => {
    uploaded(context);
    return {};
  },
  S24: trying,
  S25: settling,
  S26: reversing,
  S27: stating,
};

function opened(
  context: Context,
  prefix: string,
  kind: Pick<Case, 'isStay' | 'inpatientNo' | 'usesAccount'>,
): string {
  const memberId = required(context, 'memberId');
  if (!FAMILY.members.some((member) => member.memberId === memberId)) throw new Refusal('个人编码不存在');
  if (context.book.isFull()) throw new Refusal('沙箱已满,请重新启动');
  const handle = context.book.next(prefix);
  const admissionDate = text(context.body, 'admissionDate');
  context.book.open({ handle, memberId, admissionDate, lines: [], state: 'open', ...kind });
  return handle;
}

function known({ book, body }: Context): Case {
  const found = book.find(text(body, 'outpId') || text(body, 'inpId'));
  if (!found) throw new Refusal('补偿序号不存在');
  return found;
}

function rolledBack(context: Context): Data {
  const found = known(context);
  if (found.state === 'rolled-back') throw new Refusal(WORDS.rolledBack);
  if (found.shares) throw new Refusal('已结算,不能取消');
  found.state = 'rolled-back';
  return {};
}

function moved(context: Context, from: Case['state'], to: Case['state']): Data {
  const found = known(context);
  if (found.state !== from) throw new Refusal('住院状态不允许此操作');
  found.state = to;
  return {};
}

/** What is uploaded after the settlement is ignored. */
function uploaded(context: Context): Readonly<Record<string, string>>[] {
  const found = known(context);
  return children(child(context.body, 'list'), 'detail').map((row) => {
    const of = (name: string) => text(row, name);
    const detailId = context.book.next('D');
    if (!found.shares) {
      const [detailCode, num, price] = [of('detailCode'), of('num'), of('price')];
      found.lines.push({ detailId, detailCode, num, price, totalCost: of('totalCost'), date: of('date') });
    }
    return {
      detailNo: detailId,
      hisDetailCode: of('hisDetailCode'),
      detailName: of('detailName'),
      enableRatio: '0.9',
      enableMoney: yuanOf((partsOf(of('totalCost')) * 90n) / 100n),
      success: '1',
      message: '',
    };
  });
}

function required({ body }: Context, field: string): string {
  const value = text(body, field);
  if (value === '') throw new Refusal(`${field} 不能为空`);
  return value;
}

function refuse(words: string | undefined): void {
  if (words !== undefined) throw new Refusal(words);
}

function sharesData({ total, inScope, deductible, pooled, account, civil }: Shares) {
  return {
    totalCost: yuanOf(total),
    insuranceCost: yuanOf(inScope),
    undulatingLine: yuanOf(deductible),
    generalRedeem: yuanOf(pooled),
    accRedeem: yuanOf(account),
    compensateCost: yuanOf(pooled + account),
    civilCost: yuanOf(civil),
    insureCost: '0.0000',
  };
}
