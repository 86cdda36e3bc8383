import type { Static } from 'typebox';
import type { Eligibility } from '../../../schemas/eligibility.ts';
import type { Exchange } from '../../../schemas/exchange.ts';
import type { Reading } from '../../../schemas/reading.ts';
import type { InsurerLedger, SandboxOverview } from '../../../schemas/sandbox.ts';
import type { Settlement, Split } from '../../../schemas/settlement.ts';
import { maskName, maskNumber } from '../../access/masking.ts';
import type { Api } from './api.ts';
import { sampleBill } from './bill.ts';
import { deskSteps } from './desk-steps.ts';
import { type Transcript, until } from './transcript.ts';

type Bill = Static<typeof Settlement>;

/** How long the gateway may take to find its own way out of a doubt. */
const DOUBT_WITHIN_MS = 25_000;

/** A card on a reader becomes a settlement: as it should be, taken back, and with an answer that is lost. */
export async function cardJourney(clinic: Api, transcript: Transcript, run: string): Promise<void> {
  transcript.journey('卡 → 身份 → 待遇 → 试算 → 结算 / card to settlement');
  const { chip, document } = await readCards(clinic, transcript);
  await deskSteps(clinic, transcript, run, { chip, document });
  const readingId = chip.id;
  await askEligibility(clinic, transcript, readingId);
  await settleAndReverse(clinic, transcript, readingId, `${run}A`);
  await loseAnAnswer(clinic, transcript, readingId, `${run}B`);
}

async function readCards(clinic: Api, transcript: Transcript) {
  transcript.step('把社保卡放上一号窗口读卡器 / lay a social-security card on desk-1');
  await clinic.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v2' });
  const chip = await read(clinic, transcript, 'desk-1', 'social-security-card');
  transcript.hold(chip.card?.version === '2.00', '卡的规范版本 2.00 / card of version 2.00');

  transcript.step(
    '换上第三代社保卡,由加密机认证 / a card of generation 3, authenticated by the encryption machine',
  );
  await clinic.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v3' });
  const third = await read(clinic, transcript, 'desk-1', 'social-security-card');
  transcript.hold(
    third.verifiedBy === 'encryption-machine' && third.assurance === 'chip-authenticated',
    '加密机已认证这张卡 / the encryption machine vouches for the card',
  );

  transcript.step('把身份证放上二号窗口读卡器 / lay the resident ID card on desk-2');
  await clinic.put('/v1/sandbox/readers/desk-2/card', { card: 'resident-id' });
  const document = await read(clinic, transcript, 'desk-2', 'resident-id-card');
  transcript.hold(
    document.identity?.documentNumber === chip.identity?.documentNumber,
    '两张卡是同一个人 / both name the same person',
  );
  return { chip, document };
}

async function read(clinic: Api, transcript: Transcript, reader: string, kind: string): Promise<Reading> {
  const reading = await clinic.post<Reading>(`/v1/readers/${reader}/readings`, {
    accept: [kind],
    timeoutMs: 5_000,
  });
  const { readers } = await clinic.get<Static<typeof SandboxOverview>>('/v1/sandbox');
  const line = readers.find(({ id }) => id === reader);
  for (const frame of line?.traffic.frames.slice(0, 4) ?? []) transcript.say(frame);
  transcript.say(
    `… 共 ${line?.traffic.exchanges} 次往返,${line?.traffic.bytes} 字节 / exchanges and bytes in all`,
  );
  const { identity } = reading;
  transcript.say(
    `身份 identity: ${maskName(identity?.name ?? '')} ${maskNumber(identity?.documentNumber ?? '')} ` +
      `${identity?.sex ?? ''} ${identity?.birthDate?.slice(0, 4) ?? ''}****`,
  );
  transcript.hold(identity !== undefined, '读到持卡人 / the holder was read');
  return reading;
}

async function askEligibility(clinic: Api, transcript: Transcript, readingId: string): Promise<void> {
  transcript.step('向医保查询参保和待遇(1101)/ ask the insurer who this is');
  const eligibility = await clinic.post<Eligibility>('/v1/eligibility', { insurer: 'nhsa', readingId });
  for (const { insutype, active, balance } of eligibility.insurances) {
    transcript.say(
      `险种 insurance ${insutype}: ${active ? '正常 active' : '不可用 inactive'}, 账户 account ${balance}`,
    );
  }
  for (const { code } of eligibility.classes) transcript.say(`人员身份 class ${code}`);
  transcript.hold(
    eligibility.insurances.some(({ active }) => active),
    '有可用的险种 / an insurance can be used',
  );
}

async function settleAndReverse(
  clinic: Api,
  transcript: Transcript,
  readingId: string,
  bill: string,
): Promise<void> {
  transcript.step(`账单 ${bill} 试算(2001 2201 2203 2204 2206)/ put the bill to the insurer`);
  const quoted = await clinic.post<Bill>('/v1/settlements', sampleBill(bill, readingId), `${bill}-quote`);
  transcript.hold(quoted.state === 'quoted', '已试算,没有动用资金 / quoted, no money has moved');
  sayShares(transcript, quoted.legs[0]?.quote);

  transcript.step('确认结算(2207)/ confirm');
  const settled = await clinic.post<Bill>(`/v1/settlements/${quoted.id}/confirm`, {}, `${bill}-confirm`);
  transcript.hold(settled.state === 'settled', '已结算 / settled');
  const again = await clinic.post<Bill>(`/v1/settlements/${quoted.id}/confirm`, {}, `${bill}-confirm`);
  transcript.hold(
    again.version === settled.version,
    '同一请求重发,得到同一结果 / repeated, it has the same answer',
  );
  await compareLedgers(clinic, transcript, bill, 1);

  transcript.step('撤销(2208)/ reverse');
  const reversed = await clinic.post<Bill>(`/v1/settlements/${quoted.id}/reverse`, {}, `${bill}-reverse`);
  transcript.hold(reversed.state === 'reversed', '已撤销 / reversed');
  await compareLedgers(clinic, transcript, bill, 0);
}

async function loseAnAnswer(
  clinic: Api,
  transcript: Transcript,
  readingId: string,
  bill: string,
): Promise<void> {
  transcript.step(`账单 ${bill}:医保已结算,但应答丢失 / the insurer settles, its answer is lost`);
  await clinic.post('/v1/sandbox/insurer/misbehaviour', { transaction: '2207', kind: 'lose-answer' });
  const order = { ...sampleBill(bill, readingId), confirm: true };
  const asked = await clinic.post<Bill>('/v1/settlements', order, `${bill}-settle`);
  transcript.hold(asked.state === 'in-doubt', '状态为存疑,不是失败 / it is in doubt, not failed');
  transcript.say(asked.cause?.title.zh ?? '', asked.cause?.title.en ?? '');

  transcript.step('网关自己查清 / the gateway finds its own way out');
  const decided = await until(
    () => clinic.get<Bill>(`/v1/settlements/${asked.id}`),
    ({ state }) => state === 'settled' || state === 'needs-review',
    DOUBT_WITHIN_MS,
  );
  for (const { at, from, to, event } of decided.history) {
    transcript.say(`${at.slice(11, 23)}  ${(from ?? '').padEnd(9)} → ${to.padEnd(9)} ${event}`);
  }
  const { items } = await clinic.get<{ items: Static<typeof Exchange>[] }>(
    `/v1/settlements/${asked.id}/exchanges`,
  );
  for (const { transaction, outcome } of items) transcript.say(`${transaction}  ${outcome}`);
  transcript.hold(
    decided.state === 'settled',
    '丢失的一笔已冲正(2601),重新结算成功 / the lost one is undone, the bill settled',
  );
  await compareLedgers(clinic, transcript, bill, 1);
}

function sayShares(transcript: Transcript, split: Static<typeof Split> | undefined): void {
  if (!split) return;
  transcript.say(
    `总额 total ${split.total} = 基金 funds ${split.fund} + 账户 account ${split.account} + 现金 cash ${split.cash}`,
  );
  for (const { fund, code, amount } of split.funds) transcript.say(`  ${fund} (${code}) ${amount}`);
}

/** The insurer's own book, for one bill: how many settlements stand. */
async function compareLedgers(
  clinic: Api,
  transcript: Transcript,
  bill: string,
  live: number,
): Promise<void> {
  const { items } = await clinic.get<Static<typeof InsurerLedger>>('/v1/sandbox/insurer/ledger');
  const rows = items.filter(({ billNumber }) => billNumber === bill);
  for (const { number, transaction, total, fund, state } of rows) {
    transcript.say(`医保账本 insurer's book: ${transaction} ${number} ${total} ${fund} ${state}`);
  }
  transcript.hold(
    rows.filter(({ state }) => state === 'live').length === live,
    `医保账本上有效结算 ${live} 笔 / settlements in force at the insurer: ${live}`,
  );
}
