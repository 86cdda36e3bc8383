import type { AttachmentState } from '../../../schemas/attachment.ts';
import type { Party } from '../machine.ts';

export interface AttachmentTables {
  /** Files that go with a referral, at either end. They are found by the case, which they may come before. */
  referral_attachments: {
    /** The organisation at the other end, the case, and our own part in it: as `referrals_case`. */
    peer: string;
    case_id: string;
    role: Party;
    /** Made by the end that attached it. */
    id: string;
    origin: 'own' | 'peer';
    correlation_id: string;
    /** Its place among our files of the case, from 0; what its parts are ordered by. */
    number: number;
    /** Kind, name, description and media type, sealed: file names tell of people. */
    head: Uint8Array;
    bytes: number;
    sha256: string;
    state: AttachmentState;
    /** An error code, of ours or of the other side's. */
    reason: string | null;
    /** Parts in all; put into the outbox so far; delivered or taken so far. */
    parts: number;
    queued: number;
    done: number;
    /** The file in the folder, and its key, sealed. None before it is whole and found good. */
    file: string | null;
    file_key: Uint8Array | null;
    created_at: number;
    updated_at: number;
  };
  /** Parts that wait for the rest of their file. */
  referral_attachment_parts: {
    peer: string;
    case_id: string;
    role: Party;
    id: string;
    part: number;
    data: Uint8Array;
  };
}
