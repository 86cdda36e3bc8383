import Compile from 'typebox/compile';
import { type AttachmentHead, AttachmentMessage, AttachmentReceipt } from '../../../schemas/attachment.ts';
import { err, ok, type Result } from '../../result.ts';
import type { Party } from '../machine.ts';
import { jsonOf } from '../wire.ts';
import { partsOf, rangeOf } from './rules.ts';

/** The types of the messages that carry files. */
export const ATTACHMENT = 'referral.attachment';
export const RECEIPT = 'referral.attachment-receipt';

/** Parts follow everything else of their case: a referral never waits for its files. */
const ORDER_FIRST = 1_000_000_000;
const ORDER_PER_FILE = 20_001;

/** What is said of a file of the other side's goes before our own. */
export const RECEIPT_ORDER = 900_000_000;

export function orderOf(fileNumber: number, part: number): number {
  return ORDER_FIRST + fileNumber * ORDER_PER_FILE + part;
}

/** A part's message has the same id however often it is made, so that it is taken once. */
export function partMessageId(id: string, part: number): string {
  return `${id}.${part}`;
}

/** The file that a part's message belongs to. */
export function fileOfMessage(messageId: string): string {
  return messageId.slice(0, messageId.lastIndexOf('.'));
}

export function encodePart(message: {
  readonly caseId: string;
  readonly by: Party;
  readonly file: AttachmentHead;
  readonly part: number;
  readonly data: Buffer;
}): Buffer {
  const body: AttachmentMessage = { version: 1, ...message, data: message.data.toString('base64') };
  return Buffer.from(JSON.stringify(body));
}

export function encodeReceipt(receipt: Omit<AttachmentReceipt, 'version'>): Buffer {
  return Buffer.from(JSON.stringify({ version: 1, ...receipt } satisfies AttachmentReceipt));
}

const parts = Compile(AttachmentMessage);
const receipts = Compile(AttachmentReceipt);

export interface DecodedPart extends Omit<AttachmentMessage, 'data'> {
  readonly data: Buffer;
}

/** Reads a part; the pointer says where it is wrong. A part has exactly the bytes that its place in the file has. */
export function decodePart(body: Buffer): Result<DecodedPart, string> {
  const value = jsonOf(body);
  if (!parts.Check(value)) return err(parts.Errors(value)[0]?.instancePath ?? '');
  const { file, part } = value;
  if (part >= partsOf(file.bytes)) return err('/part');
  const data = Buffer.from(value.data, 'base64');
  const { from, to } = rangeOf(part, file.bytes);
  if (data.length !== to - from) return err('/data');
  return ok({ ...value, data });
}

export function decodeReceipt(body: Buffer): Result<AttachmentReceipt, string> {
  const value = jsonOf(body);
  if (!receipts.Check(value)) return err(receipts.Errors(value)[0]?.instancePath ?? '');
  if ((value.outcome === 'refused') !== (value.reason !== undefined)) return err('/reason');
  return ok(value);
}
