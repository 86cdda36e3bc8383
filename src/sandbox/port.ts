/** A virtual chip card: what a virtual reader talks to. State such as the selected file lives in the card. */
export interface VirtualCard {
  /** Power-up or reset: answers the ATR and forgets what was selected. */
  reset(): Buffer;
  /** One command APDU, one answer with its two status bytes at the end. */
  command(apdu: Buffer): Buffer;
}

/** A virtual resident ID card: the blocks its module would give. */
export interface VirtualResidentId {
  readonly text: Buffer;
  readonly photo: Buffer;
  /** The address added later: 70 bytes, UTF-16LE. */
  readonly newAddress?: Buffer;
  /** One or two, of 512 bytes each; many cards have none. */
  readonly fingerprints?: Buffer;
}
