import type { DifferenceClass, MendingAct } from '../../../schemas/statement-words.ts';

/** What each class of difference means, and what each act does: the API shows it, so that one knows before one asks. */
export interface Wording {
  readonly zh: string;
  readonly en: string;
}

export const CLASSES: Readonly<Record<DifferenceClass, Wording>> = {
  'insurer-only': {
    zh: '医保已结算,本机构没有这笔',
    en: 'Settled at the insurer, and not here',
  },
  'ours-only': {
    zh: '本机构已结算,医保没有这笔',
    en: 'Settled here, and not at the insurer',
  },
  'amounts-differ': {
    zh: '两边都有,金额不一致',
    en: 'On both sides, with different amounts',
  },
  'reversed-at-the-insurer-only': {
    zh: '医保已撤销,本机构没有撤销',
    en: 'Reversed at the insurer, and not here',
  },
  'reversed-here-only': {
    zh: '本机构已撤销,医保没有撤销',
    en: 'Reversed here, and not at the insurer',
  },
};

export const ACTS: Readonly<Record<MendingAct, Wording>> = {
  'resolve-doubt': {
    zh: '这笔在本机构尚无结果:按原报文号查清或冲正,再登记结果',
    en: 'It is in doubt here: it is undone, or found out about, by its own id, and the outcome recorded',
  },
  'undo-at-insurer': {
    zh: '在医保端冲正或撤销这一笔;本机构的账单不受影响',
    en: 'It is undone at the insurer; no bill here changes',
  },
  'prove-absent': {
    zh: '先按原报文号冲正,确保医保端不会再有这笔,再登记为未结算;须带 confirm: true',
    en: 'It is undone by its own id, should it be there after all, and recorded as not settled; takes confirm: true',
  },
  'reverse-at-insurer': {
    zh: '在医保端撤销这一笔,并登记新的撤销编号和时间',
    en: 'It is reversed at the insurer, and the number and time of that recorded',
  },
  'record-reversal': {
    zh: '登记为已撤销;不向医保发送任何业务',
    en: 'It is recorded as reversed; nothing is sent to the insurer',
  },
  person: {
    zh: '须人工核对:相关结算转为 needs-review,核对后用 review 登记',
    en: 'A person must look: the settlement is set to needs-review, and the finding recorded with review',
  },
};
