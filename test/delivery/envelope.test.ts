import fc from 'fast-check';
import t from 'tap';
import { decodeEnvelope, encodeEnvelope } from '../../src/delivery/envelope.ts';

const message = {
  id: 'm-1',
  correlationId: 'c-1',
  from: 'CLINIC0001',
  to: 'HOSPITAL01',
  type: 'referral.request',
  body: Buffer.from('{"a":1}'),
};

t.test('an envelope comes out as it went in, whatever its body says', async () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const body = Buffer.from(JSON.stringify(value));
      const decoded = decodeEnvelope(encodeEnvelope({ ...message, body }));
      if (!decoded.ok) return false;
      const { body: bytes, ...rest } = decoded.value;
      // JSON has no place for an own __proto__ or a negative zero to differ in; compare as text.
      return (
        JSON.stringify(JSON.parse(bytes.toString())) === JSON.stringify(JSON.parse(body.toString())) &&
        rest.id === message.id &&
        rest.to === message.to
      );
    }),
  );
});

t.test('an envelope says when its message was made, unless an earlier version made it', async (t) => {
  const at = Date.parse('2026-03-02T09:00:00.123+08:00');
  const decoded = decodeEnvelope(encodeEnvelope({ ...message, at }));
  t.match(decoded, { ok: true, value: { at } });
  t.notMatch(encodeEnvelope(message).toString(), /"at"/);
  t.notOk('at' in (decodeEnvelope(encodeEnvelope(message)) as { value: object }).value);
});

t.test('what is no envelope is told from one, with the place that is wrong', async (t) => {
  const pointer = (text: string) => {
    const decoded = decodeEnvelope(Buffer.from(text));
    return decoded.ok ? undefined : decoded.error.pointer;
  };
  t.equal(pointer('nonsense'), '/body');
  t.equal(pointer('null'), '/body');
  t.equal(pointer(encodeEnvelope({ ...message, to: 'x' }).toString()), '/body/to');
  t.equal(pointer(encodeEnvelope({ ...message, type: 'A b' }).toString()), '/body/type');
  t.equal(pointer(encodeEnvelope({ ...message, body: Buffer.from('[]') }).toString()), '/body/body');
  const deep = Buffer.from(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  t.equal(pointer(encodeEnvelope({ ...message, body: deep }).toString()), '/body');
  t.ok(pointer(encodeEnvelope(message).toString().replace('{"id"', '{"extra":1,"id"')) !== undefined);
});

t.test('random bytes never throw', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !decodeEnvelope(Buffer.from(bytes)).ok),
  );
});
