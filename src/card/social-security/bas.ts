import type { SocialSecurityCard } from './application.ts';

/** The terminal's part of the string: 终端机编号 (of the PSAM) and 终端设备号. */
export interface Terminal {
  readonly terminalNumber: string;
  readonly deviceNumber: string;
}

/** 终端机编号 of a reader without a PSAM. */
export const NO_PSAM = '000000000000';

/**
 * The output of iReadCardBas (LD/T 33): eleven fields, each closed by "|". A holder who is locked or nobody leaves
 * his two fields empty.
 */
export function basString(card: SocialSecurityCard, terminal: Terminal): string {
  const holder = typeof card.holder === 'object' ? card.holder : { number: '', name: '' };
  const fields = [
    card.cardId.slice(0, 6),
    holder.number,
    card.cardNumber,
    card.cardId,
    holder.name,
    card.resetInformation,
    card.version,
    card.issuedOn,
    card.validTo,
    terminal.terminalNumber,
    terminal.deviceNumber,
  ];
  return fields.map((field) => `${field}|`).join('');
}
