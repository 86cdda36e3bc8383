import fc from 'fast-check';
import t from 'tap';
import { ATTACHMENT_STATES, PART_BYTES } from '../../../schemas/attachment.ts';
import { nextState } from '../../../src/referral/attachments/machine.ts';
import { agrees, mediaTypeOf, partsOf, rangeOf, refusalOf } from '../../../src/referral/attachments/rules.ts';
import { decodePart, decodeReceipt, encodePart } from '../../../src/referral/attachments/wire.ts';

t.test('a file is what its first bytes say', async (t) => {
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
  const known: [string | Buffer, string | undefined][] = [
    ['%PDF-1.7\n', 'application/pdf'],
    [Buffer.from('ffd8ffe0', 'hex'), 'image/jpeg'],
    [Buffer.from('89504e470d0a1a0a', 'hex'), 'image/png'],
    [Buffer.from('49492a00', 'hex'), 'image/tiff'],
    [dicom, 'application/dicom'],
    ['[{ "0020000D": {"vr":"UI"} }]', 'application/dicom+json'],
    ['\uFEFF<?xml version="1.0"?><ClinicalDocument/>', 'application/xml'],
    ['<html><script>', undefined],
    ['MZ\u0090', undefined],
    ['PK\u0003\u0004', undefined],
    ['#!/bin/sh', undefined],
    ['', undefined],
  ];
  for (const [head, type] of known) t.equal(mediaTypeOf(Buffer.from(head)), type, String(type));
});

t.test('a file must be what it is said to be, where anything is said', async (t) => {
  t.ok(agrees(undefined, 'application/pdf'));
  t.ok(agrees('application/octet-stream', 'application/pdf'));
  t.ok(agrees('Text/XML; charset=utf-8', 'application/xml'));
  t.notOk(agrees('image/png', 'application/pdf'));
});

t.test('the parts of a file cover it once, without a gap', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000_000 }), (bytes) => {
      let at = 0;
      for (let part = 0; part < partsOf(bytes); part++) {
        const { from, to } = rangeOf(part, bytes);
        if (from !== at || to <= from || to - from > PART_BYTES) return false;
        at = to;
      }
      return at === bytes;
    }),
  );
});

const file = {
  id: 'attachment-1',
  kind: 'summary',
  name: '病历摘要.pdf',
  mediaType: 'application/pdf',
  bytes: 5,
  sha256: 'a'.repeat(64),
} as const;

t.test('a part comes out of its message as it went in, and never longer than 128 KiB', async (t) => {
  const data = Buffer.alloc(PART_BYTES, 7);
  const head = { ...file, bytes: PART_BYTES };
  const body = encodePart({ caseId: 'case', by: 'initiator', file: head, part: 0, data });
  t.ok(body.length < 131_072 + 1_024);
  const decoded = decodePart(body);
  t.ok(decoded.ok && decoded.value.data.equals(data));
});

t.test('a part that lies elsewhere or is of another length is refused', async (t) => {
  const part = (over: object) =>
    decodePart(
      Buffer.from(
        JSON.stringify({
          version: 1,
          caseId: 'c',
          by: 'initiator',
          file,
          part: 0,
          data: 'AAAAAAA=',
          ...over,
        }),
      ),
    );
  t.ok(part({}).ok);
  t.match(part({ part: 1 }), { ok: false, error: '/part' });
  t.match(part({ data: 'AAAA' }), { ok: false, error: '/data' });
  t.match(part({ file: { ...file, name: '../x' } }), { ok: false, error: '/file/name' });
  t.match(part({ file: { ...file, bytes: 0 } }), { ok: false, error: '/file/bytes' });
  t.notOk(decodePart(Buffer.from('{')).ok);
  t.notOk(decodeReceipt(Buffer.from(JSON.stringify({ version: 1, outcome: 'refused' }))).ok);
});

t.test('what is too large or too much is refused, and what will pass is told to wait', async (t) => {
  const limits = { bytesMax: 10, countMax: 2, unfinishedBytesMax: 20 };
  const none = { count: 0, unfinishedBytes: 0 };
  t.equal(refusalOf({ bytes: 10 }, none, limits), undefined);
  t.equal(refusalOf({ bytes: 11 }, none, limits), 'attachment.too-large');
  t.equal(refusalOf({ bytes: 1 }, { count: 2, unfinishedBytes: 0 }, limits), 'attachment.too-many');
  t.equal(refusalOf({ bytes: 9 }, { count: 1, unfinishedBytes: 12 }, limits), 'busy');
});

t.test('nothing leads out of an end', async (t) => {
  const events = ['part-delivered', 'told-taken', 'told-refused', 'verified', 'rejected'] as const;
  for (const event of events) {
    t.equal(nextState('taken', event), undefined);
    t.equal(nextState('refused', event), undefined);
  }
  t.equal(ATTACHMENT_STATES.length, 7);
});
