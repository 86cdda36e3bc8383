import type { CompatAnswer } from '../../../schemas/compat.ts';
import type { Lease } from '../../../schemas/lease.ts';
import type { OneIdentity } from '../../../schemas/one-identity.ts';
import type { PurseBalance, PurseTransaction } from '../../../schemas/purse.ts';
import type { Reading } from '../../../schemas/reading.ts';
import { maskName, maskNumber } from '../../access/masking.ts';
import type { Api } from './api.ts';
import type { Transcript } from './transcript.ts';

const CHIP_READINGS = '/v1/readers/desk-1/readings';
const CHIP_ONCE = { accept: ['social-security-card'], timeoutMs: 5_000 };

/** What else a desk does around a card: codes, typed numbers, one person, the old interface, a lease, a purse. */
export async function deskSteps(
  clinic: Api,
  transcript: Transcript,
  run: string,
  readings: { readonly chip: Reading; readonly document: Reading },
): Promise<void> {
  await scanCode(clinic, transcript);
  await typeNumber(clinic, transcript, readings.document);
  await nameOnePerson(clinic, transcript, readings);
  await clinic.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v2' });
  await askTheOldWay(clinic, transcript);
  await lease(clinic, transcript);
  await payFromPurse(clinic, transcript, `${run}-purse`);
}

async function scanCode(clinic: Api, transcript: Transcript): Promise<void> {
  transcript.step('在扫码枪 desk-3 前出示医保电子凭证 / show an insurance code to the scanner, desk-3');
  await clinic.put('/v1/sandbox/readers/desk-3/card', { card: 'insurance-code' });
  const reading = await clinic.post<Reading>('/v1/readers/desk-3/readings', {
    accept: ['insurance-code'],
    timeoutMs: 5_000,
  });
  await clinic.delete('/v1/sandbox/readers/desk-3/card');
  sayWho(transcript, reading);
  transcript.hold(
    reading.kind === 'insurance-code' && reading.assurance === 'code-verified',
    '医保已解码这张凭证 / the insurer decoded the code',
  );
}

async function typeNumber(clinic: Api, transcript: Transcript, { identity }: Reading): Promise<void> {
  transcript.step('没有带卡:手工录入证件号码和姓名 / no card at hand: type number and name');
  const { documentNumber: code, name } = identity ?? {};
  const typed = await clinic.post<Reading>('/v1/readings', { code, name });
  sayWho(transcript, typed);
  transcript.hold(
    typed.assurance === 'typed' && typed.verifiedBy === 'nobody',
    '标明是手工录入,无人核实 / marked as typed, vouched for by nobody',
  );
}

async function nameOnePerson(
  clinic: Api,
  transcript: Transcript,
  { chip, document }: { readonly chip: Reading; readonly document: Reading },
): Promise<void> {
  transcript.step('社保卡和身份证合为一个人 / one person out of both cards');
  const person = await clinic.post<OneIdentity>('/v1/identities', { readingIds: [chip.id, document.id] });
  sayWho(transcript, person);
  transcript.hold(
    person.identity.documentNumber === document.identity?.documentNumber && person.readings.length === 2,
    '两次读卡认定为同一人 / both readings name one person',
  );
}

async function askTheOldWay(clinic: Api, transcript: Transcript): Promise<void> {
  transcript.step('旧系统按 LD/T 33 调用 iReadCardBas / an old system calls iReadCardBas of LD/T 33');
  const { ret, pOutInfo } = await clinic.post<CompatAnswer>('/v1/compat/iReadCardBas', {
    iType: 1,
    reader: 'desk-1',
  });
  transcript.say(`ret ${ret}: ${maskedBas(pOutInfo)}`);
  transcript.hold(
    ret === 0 && pOutInfo.split('|').length >= 9,
    '返回标准的竖线分隔串 / the standard’s string',
  );
}

/** Region, number, card number, card id and name come first: LD/T 33, iReadCardBas. */
function maskedBas(text: string): string {
  const [region, number = '', cardNumber = '', cardId = '', name = '', ...rest] = text.split('|');
  const masked = [maskNumber(number), maskNumber(cardNumber), maskNumber(cardId), maskName(name)];
  return [region, ...masked, ...rest].join('|');
}

async function lease(clinic: Api, transcript: Transcript): Promise<void> {
  transcript.step('为一位患者占用 desk-1 / set desk-1 aside for one patient');
  const held = await clinic.post<Lease>('/v1/readers/desk-1/leases', { holdMs: 60_000 });
  const stranger = await clinic.post<Reading>(CHIP_READINGS, CHIP_ONCE).then(
    () => '',
    (error: Error) => error.message,
  );
  transcript.say(stranger);
  transcript.hold(stranger.includes('reader.leased'), '别人此时用不了 / nobody else can use it');
  const reading = await clinic.post<Reading>(CHIP_READINGS, { ...CHIP_ONCE, lease: held.id });
  transcript.hold(reading.identity !== undefined, '带 lease 的请求可以读卡 / who shows the lease reads');
  await clinic.delete(`/v1/readers/desk-1/leases/${held.id}`);
}

async function payFromPurse(clinic: Api, transcript: Transcript, act: string): Promise<void> {
  transcript.step('用卡上的电子钱包付 0.10 元 / pay 0.10 yuan from the card’s purse');
  const balance = () => clinic.post<PurseBalance>('/v1/readers/desk-1/purse/balance', { timeoutMs: 5_000 });
  const before = await balance();
  const paid = await clinic.post<PurseTransaction>(
    '/v1/readers/desk-1/purse/purchases',
    { amount: '0.10', timeoutMs: 5_000 },
    act,
  );
  const after = await balance();
  transcript.say(
    `余额 balance ${before.balance} → ${after.balance}, ${paid.state}, 依据 confirmed by ${paid.confirmedBy ?? ''}`,
  );
  transcript.hold(
    paid.state === 'debited' &&
      paid.balanceBefore === before.balance &&
      paid.balanceAfter === after.balance &&
      fen(before.balance) - fen(after.balance) === 10,
    '扣款成功,卡与网关的余额一致 / paid, and card and gateway agree on the balance',
  );
}

function fen(yuan: string): number {
  return Math.round(Number(yuan) * 100);
}

function sayWho(
  transcript: Transcript,
  { identity, assurance, verifiedBy }: Pick<Reading, 'identity' | 'assurance' | 'verifiedBy'>,
): void {
  transcript.say(
    `身份 identity: ${maskName(identity?.name ?? '')} ${maskNumber(identity?.documentNumber ?? '')}, ` +
      `${assurance}, ${verifiedBy}`,
  );
}
