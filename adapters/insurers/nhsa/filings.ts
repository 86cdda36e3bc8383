import { type Clock, chinaDateTime } from '../../../src/clock.ts';
import type {
  AnsweredExchange,
  Eligibility,
  Exchange,
  Filing,
  FilingFinding,
  FilingFlows,
  FilingQuestion,
  KnownFiling,
  LostExchange,
  Outcome,
  VerifyInput,
} from '../../../src/settlement/port.ts';
import type { Call } from './call.ts';
import { callOf, inFiling, numberMissing, numberOf, type Person, TRANSACTIONS } from './filing-inputs.ts';
import { filingsIn, firstDayOf, isRowOf, knownOf, LISTS, listFault } from './filing-lists.ts';
import { accepted, Ended, flow } from './flow.ts';
import { chooseInsurance } from './people.ts';
import type { Platform } from './platform.ts';

/** From how long before it was sent the list is asked for, so that a clock that is a little ahead misses nothing. */
const BEFORE_MS = 86_400_000;

type Verify = (input: VerifyInput, exchange: Exchange) => Promise<Outcome<Eligibility>>;

/**
 * Filings at the national platform: 2501 to 2506, asked after by 5304, 5301 and 5302. None of the three lists gives
 * the filing's number, so that a filing found in one is on file, and its number is still to be asked for.
 */
export class NhsaFilings implements FilingFlows {
  readonly kinds = ['transfer', 'chronic', 'designated'] as const;
  readonly #platform: Platform;
  readonly #clock: Clock;
  readonly #verify: Verify;

  constructor(platform: Platform, clock: Clock, verify: Verify) {
    this.#platform = platform;
    this.#clock = clock;
    this.#verify = verify;
  }

  /** 1101, then 2501, 2503 or 2505. */
  file(filing: Filing, exchange: Exchange): Promise<Outcome<{ number: string }>> {
    return flow(async () => {
      const person = await this.#person(filing, exchange);
      const done = await accepted(this.#platform, callOf(filing, person), exchange).catch(inFiling);
      return { value: { number: numberOf(done.output) }, at: done.at };
    });
  }

  filedBy(filing: Filing, { ownId, answer }: AnsweredExchange): { number: string } | undefined {
    const call: Call = { infno: TRANSACTIONS[filing.kind].file, input: {}, check: numberMissing };
    const verdict = this.#platform.judge(call, ownId, answer);
    return verdict.kind === 'accepted' ? { number: numberOf(verdict.output) } : undefined;
  }

  /** 1101, then 2502, 2504 or 2506. */
  withdraw(
    filing: Filing,
    number: string,
    reason: string,
    exchange: Exchange,
  ): Promise<Outcome<'withdrawn'>> {
    return flow(async () => {
      const { personNumber, insuredPlace } = await this.#person(filing, exchange);
      const call: Call = {
        infno: TRANSACTIONS[filing.kind].withdraw,
        input: { data: { trt_dcla_detl_sn: number, psn_no: personNumber, memo: reason } },
        operator: filing.operator,
        insuredPlace,
      };
      return { value: 'withdrawn', at: (await accepted(this.#platform, call, exchange)).at };
    });
  }

  /** 1101, then 5304, 5301 or 5302. */
  list(question: FilingQuestion, exchange: Exchange): Promise<Outcome<readonly KnownFiling[]>> {
    return flow(async () => {
      const { rows, at } = await this.#rows(question, exchange);
      return { value: rows.map((row) => knownOf(question.kind, row)), at };
    });
  }

  /**
   * 1101 and the list. It can't be told whether 5301 shows a filing that the bureau has not processed yet, so that
   * the absence of a chronic one proves nothing.
   */
  find(filing: Filing, lost: LostExchange, exchange: Exchange): Promise<Outcome<FilingFinding>> {
    return flow<FilingFinding>(async () => {
      const { kind } = filing;
      const since = Math.min(lost.sentAt, Date.parse(`${firstDayOf(filing)}T00:00:00+08:00`)) - BEFORE_MS;
      const { rows, at } = await this.#rows({ ...filing, since }, exchange);
      const row = rows.find((each) => isRowOf(filing, each));
      if (row) return { value: { is: 'on-file', filing: knownOf(kind, row) }, at };
      if (kind !== 'chronic') return { value: { is: 'absent' }, at };
      return { value: { is: 'open', reason: '5301 未查到,可能尚未审核 / 5301 does not show it yet' }, at };
    });
  }

  async #rows({ kind, since, business, ...about }: FilingQuestion, exchange: Exchange) {
    const { personNumber, insuredPlace } = await this.#person(about, exchange);
    const data = {
      psn_no: personNumber,
      ...(kind === 'transfer' ? { begntime: chinaDateTime(since) } : {}),
      ...(kind === 'designated' ? { biz_appy_type: business ?? '' } : {}),
    };
    const node = LISTS[kind];
    const done = await accepted(
      this.#platform,
      {
        infno: TRANSACTIONS[kind].list,
        input: { data },
        operator: about.operator,
        insuredPlace,
        check: (output) => listFault(output, node),
      },
      exchange,
    );
    return { rows: filingsIn(done.output, node), at: done.at };
  }

  async #person(
    about: Pick<Filing, 'identity' | 'operator' | 'insutype'>,
    exchange: Exchange,
  ): Promise<Person> {
    const { identity, operator } = about;
    const input = { identity, at: this.#clock.now(), ...(operator && { operator }) };
    const outcome = await this.#verify(input, exchange);
    if (outcome.kind !== 'accepted') throw new Ended(outcome);
    const { personNumber, insurances } = outcome.value;
    const choice = chooseInsurance(insurances, about.insutype);
    const insurance = 'chosen' in choice ? choice.chosen : undefined;
    const choices = 'chosen' in choice ? [] : choice.choices;
    return { personNumber, insurance, choices, insuredPlace: insurance?.insuredPlace ?? '' };
  }
}
