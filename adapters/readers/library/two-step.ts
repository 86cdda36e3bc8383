import {
  authenticationRequestOf,
  type CardLibrary,
  cardOfBasString,
  type EncryptionMachine,
  faultOfReturnCode,
  type SocialSecurityCard,
} from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';

/**
 * Reads a card with the keys of the issuer's encryption machine (LD/T 33 5.2): the library draws the challenges
 * (step 1), the machine answers them, the library shows the card the answers and reads (step 2). Faults: those of the
 * return codes, of the machine, `card.removed` for a card that is gone meanwhile.
 */
export async function readByEncryptionMachine(
  library: CardLibrary,
  encryption: EncryptionMachine,
  iType: number,
  timeoutMs: number,
): Promise<SocialSecurityCard> {
  const step1 = await library.call('iReadCardBas_HSM_Step1', [iType], timeoutMs);
  if (step1.ret !== 0) throw faultOfStep(step1.ret, step1.out);
  const { internal, external } = await encryption.authenticate(authenticationRequestOf(step1.out));
  const step2 = await library.call('iReadCardBas_HSM_Step2', [`${internal}|${external}|`], timeoutMs);
  if (step2.ret !== 0) throw faultOfStep(step2.ret, step2.out);
  return { ...cardOfBasString(step2.out, 'blank'), authenticatedBy: 'encryption-machine' };
}

function faultOfStep(ret: number, out: string): Fault {
  const fault = faultOfReturnCode(ret, out);
  if (fault.code === 'card.none') return new Fault('card.removed', fault.context);
  return fault.code === 'reader.absent' ? new Fault('reader.lost', fault.context) : fault;
}
