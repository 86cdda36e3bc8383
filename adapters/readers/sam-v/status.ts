import { Fault } from '../../../src/errors.ts';

/** SW3 of a reply (GA 467). */
export const SW3 = {
  checksum: 0x10,
  length: 0x11,
  command: 0x21,
  notPermitted: 0x23,
  unknown: 0x24,
  cardRejectsSam: 0x31,
  samRejectsCard: 0x32,
  verification: 0x33,
  unknownCard: 0x40,
  readFailed: 0x41,
  random: 0x47,
  selfTest: 0x60,
  unauthorised: 0x66,
  findFailed: 0x80,
  selectFailed: 0x81,
  ok: 0x90,
  noContent: 0x91,
  found: 0x9f,
} as const;

/** What the card brings about, by being moved, worn out or not genuine. */
const cardFailures: ReadonlyMap<number, string> = new Map([
  [SW3.cardRejectsSam, 'the card does not accept the module'],
  [SW3.samRejectsCard, 'the module does not accept the card'],
  [SW3.verification, 'the data could not be verified'],
  [SW3.unknownCard, 'not a kind of card the module knows'],
  [SW3.readFailed, 'the card could not be read'],
  [SW3.random, 'the card gave no random number'],
  [SW3.noContent, 'the card does not hold what was asked for'],
]);

/** What the module itself, or our way to it, brings about. */
const moduleFailures: ReadonlyMap<number, string> = new Map([
  [SW3.checksum, 'the request arrived damaged'],
  [SW3.length, 'the request arrived with a wrong length'],
  [SW3.command, 'the module does not know the command'],
  [SW3.notPermitted, 'the module does not permit the command now'],
  [SW3.unknown, 'the module failed without a reason'],
  [SW3.selfTest, 'the module failed its self-test'],
  [SW3.unauthorised, 'the module is not authorised'],
]);

export function isCardFailure(sw3: number): boolean {
  return cardFailures.has(sw3);
}

/** Such a reply may come to any request. */
export function isModuleFailure(sw3: number): boolean {
  return moduleFailures.has(sw3);
}

/** `card.refused` where the card is to blame, `reader.protocol` otherwise. */
export function faultOf(what: string, sw3: number): Fault {
  const card = cardFailures.get(sw3);
  const reason = card ?? moduleFailures.get(sw3) ?? 'a reply that does not belong here';
  return new Fault(card ? 'card.refused' : 'reader.protocol', {
    detail: `${what}: ${reason}`,
    facts: { sw3: sw3.toString(16).padStart(2, '0') },
  });
}
