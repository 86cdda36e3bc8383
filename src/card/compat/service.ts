import type { CompatAnswer, CompatArguments } from '../../../schemas/compat.ts';
import type { DocumentKind } from '../../../schemas/reading.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { ChipSessionParts } from '../chip-session.ts';
import { type ActCall, type ActParts, type CompatActs, ownActs } from './acts.ts';
import type { Dialogues } from './dialogue.ts';
import { type LibraryFunctionName, stepOf } from './functions.ts';
import { callLibrary, callLibraryInSteps } from './library.ts';
import { meaningOf, RET, returnCodeOf } from './return-codes.ts';
import { scopeOf } from './scopes.ts';
import { readInTwoSteps } from './two-step.ts';

export interface CompatParts extends ActParts, ChipSessionParts {
  readonly audit: AuditTrail;
  readonly dialogues: Dialogues;
  /** What we can do ourselves beyond what stands here. */
  readonly more?: CompatActs;
}

/** A function with its arguments; those it takes are there, and hold for their schemas. */
export interface CompatCall {
  readonly name: LibraryFunctionName;
  readonly args: CompatArguments;
  readonly reader?: string | undefined;
  readonly lease?: string | undefined;
}

/** Who calls. A call in steps belongs to its `owner`: a client, or one connection of his. */
export interface CompatCaller extends Caller {
  readonly owner: string;
}

/**
 * The functions of LD/T 33, for systems that already speak it. A reader with a vendor's library answers in the
 * vendor's own words; on any other our own card code says the same string. Faults only for what the calling system did
 * wrong; what card and reader do is told by the return code.
 */
export class CompatService {
  readonly #parts: CompatParts;
  readonly #acts: CompatActs;

  constructor(parts: CompatParts) {
    this.#parts = parts;
    this.#acts = { ...ownActs(parts), ...parts.more };
  }

  async run(call: CompatCall, caller: CompatCaller, cancelled: AbortSignal): Promise<CompatAnswer> {
    const reader = call.reader ?? this.#readerFor(call.name);
    if (reader === undefined) return { pOutInfo: '', ret: RET.notConnected };
    const { client, requestId, owner } = caller;
    const by = { client, requestId };
    const place = `${reader} ${owner}`;
    const act = { reader, args: call.args, lease: call.lease, caller: by, cancelled };
    try {
      if (stepOf(call.name) > 1) return await this.#goOn(place, call.name, act);
      await this.#parts.dialogues.giveUp(place);
      return await this.#begin(place, call.name, act);
    } catch (error) {
      const ret = returnCodeOf(error);
      if (ret === undefined) throw error;
      return { ret, pOutInfo: textOf(ret, error) };
    }
  }

  /** One that nobody waits for finds a card without power: its session is over, or never was. */
  async #goOn(place: string, name: LibraryFunctionName, act: ActCall): Promise<CompatAnswer> {
    return this.#audited(name, act, async () => {
      const answer = await this.#parts.dialogues.goOn(place, name, act.args);
      return answer ?? { ret: RET.noPower, pOutInfo: '' };
    });
  }

  async #begin(place: string, name: LibraryFunctionName, act: ActCall): Promise<CompatAnswer> {
    const { pool, dialogues } = this.#parts;
    const inSteps = stepOf(name) === 1;
    if (pool.hasLibrary(act.reader)) {
      return this.#audited(name, act, () =>
        inSteps
          ? dialogues.begin(place, act.cancelled, (ask) => callLibraryInSteps(this.#parts, name, act, ask))
          : callLibrary(this.#parts, name, act),
      );
    }
    if (name === 'iReadCardBas_HSM_Step1') {
      return this.#audited(name, act, () =>
        dialogues.begin(place, act.cancelled, (ask) => readInTwoSteps(this.#parts, act, ask)),
      );
    }
    const own = this.#acts[name];
    // What these do is on the audit trail already: as a reading, a file, a PIN.
    return own ? own(act) : { ret: RET.unsupported, pOutInfo: '' };
  }

  /**
   * A writing call is on the audit trail before it is made and after; a reading one when it told something. A caller
   * that polls for a card adds nothing.
   */
  async #audited(
    name: LibraryFunctionName,
    { reader, caller }: ActCall,
    work: () => Promise<CompatAnswer>,
  ): Promise<CompatAnswer> {
    const note = (detail: { ret?: number }) =>
      this.#parts.audit.look({
        ...caller,
        act: 'call',
        kind: 'reader',
        subject: reader,
        detail: { function: name, ...detail },
      });
    const writes = scopeOf(name) !== 'reading:write';
    if (writes) await note({});
    const answer = await work();
    if (writes || answer.ret === RET.done) await note({ ret: answer.ret });
    return answer;
  }

  /** Old systems know of one reader only: the first that can do it. */
  #readerFor(name: LibraryFunctionName): string | undefined {
    const kinds = KINDS[name] ?? ['social-security-card'];
    return this.#parts.pool.list().find(({ reads }) => kinds.some((kind) => reads.includes(kind)))?.id;
  }
}

const KINDS: { readonly [name in LibraryFunctionName]?: readonly DocumentKind[] } = {
  iReadIdentityCard: ['resident-id-card'],
  iScan2DBarcode: ['insurance-code', 'health-code'],
};

/** Drivers say in their output how often the PIN may still be tried, and nothing else of a failure. */
function textOf(ret: number, error: unknown): string {
  const triesLeft = error instanceof Fault ? error.context.facts?.triesLeft : undefined;
  return triesLeft === undefined ? '' : `${meaningOf(ret).zh}(剩余 ${triesLeft} 次)`;
}
