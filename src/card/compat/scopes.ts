import type { Scope } from '../../access/clients.ts';
import type { LibraryFunctionName } from './functions.ts';

/** What a caller must be allowed to for a function: to write cards and use PINs, to debit, or to read. */
export function scopeOf(name: LibraryFunctionName): Scope {
  if (/^i(WriteCard|VerifyPIN|ChangePIN|ReloadPIN|UnblockPIN)/.test(name)) return 'card:write';
  return name.startsWith('iDoDebit') ? 'purse:write' : 'reading:write';
}
