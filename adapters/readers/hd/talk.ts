import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../../src/errors.ts';
import type { ReportLine } from '../transports/reports.ts';
import { command as codes, encodeRequest, REPORT_BYTES, REPORT_ID } from './frame.ts';
import { type HdReply, ReplyAssembler } from './reply.ts';

/** How often a reader that is not done is asked again. */
const ASK_AGAIN_AFTER_MS = 20;

/** More reports without sense than an earlier, longer reply can have left behind. */
const SENSELESS_MAX = 16;

/** How long the next request waits for one that took too long, before the line is given up. */
const PATIENCE_MS = 1_000;

export interface HdRequest {
  /** For the text of a fault: "power on". */
  readonly what: string;
  readonly code: number;
  /** Slot, parameter, data. */
  readonly rest?: Buffer;
  readonly timeoutMs: number;
}

/**
 * Sends requests and fetches their replies, one at a time. A reply is fetched, not sent, so it belongs to the request
 * before it; what has to be waited for after a time-out is only the fetching itself, which the system ends after five
 * seconds. It is not waited for so long: then the line is given up.
 */
export class HdTalk {
  readonly line: ReportLine;
  #underWay: Promise<void> | undefined;

  constructor(line: ReportLine) {
    this.line = line;
  }

  /** Faults: `reader.lost`, `reader.silent`, `reader.protocol`. */
  async ask(request: HdRequest): Promise<HdReply> {
    if (this.#underWay) await this.#settled(this.#underWay);
    const limit = new AbortController();
    const reply = this.#exchange(request, limit.signal);
    const underWay = reply.then(noMore, noMore).finally(() => {
      if (this.#underWay === underWay) this.#underWay = undefined;
    });
    this.#underWay = underWay;
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      limit.abort();
      reject(
        new Fault('reader.silent', { detail: `${request.what}: no answer within ${request.timeoutMs} ms` }),
      );
    }, request.timeoutMs);
    try {
      return await Promise.race([reply, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #settled(underWay: Promise<void>): Promise<void> {
    const patience = new AbortController();
    const tooLong = delay(PATIENCE_MS, 'too long', { signal: patience.signal }).catch(noMore);
    const first = await Promise.race([underWay, tooLong]);
    patience.abort();
    if (first !== 'too long') return;
    await this.line.close();
    throw new Fault('reader.lost', { detail: 'a request does not come to its end' });
  }

  async #exchange({ what, code, rest }: HdRequest, limit: AbortSignal): Promise<HdReply> {
    for (const report of encodeRequest(code, rest)) {
      // It may have carried a PIN.
      await this.line.sendFeature(report).finally(() => report.fill(0));
    }
    const assembler = new ReplyAssembler({ ofReset: code === codes.reset });
    for (let senseless = 0; senseless < SENSELESS_MAX && !limit.aborted; ) {
      const assembled = assembler.take(await this.line.getFeature(REPORT_ID, REPORT_BYTES));
      if (typeof assembled === 'object') return assembled;
      if (assembled === 'nothing') senseless += 1;
      if (assembled === 'working') await delay(ASK_AGAIN_AFTER_MS);
    }
    throw new Fault('reader.protocol', { detail: `${what}: no reply among the reports` });
  }
}

function noMore(): void {}
