import t from 'tap';
import { decodeReply, encodeFrame } from '../../../../adapters/readers/gwi/frame.ts';
import { framesOf, PAYLOADS, STEPS } from './capture.ts';

for (const step of STEPS) {
  t.test(`the captured ${step} is written and read as it was logged`, async (t) => {
    const [request, reply] = PAYLOADS[step];
    const frames = framesOf(step);
    t.equal(encodeFrame(Buffer.from(request, 'hex')).toString('hex'), frames.request.toString('hex'));
    t.same(decodeReply(frames.reply), {
      status: Number.parseInt(reply.slice(0, 4), 16),
      data: Buffer.from(reply.slice(4), 'hex'),
    });
  });
}

t.test('a frame whose checksum does not hold is none', async (t) => {
  const { reply } = framesOf('readAll');
  reply[20] = reply[20]! ^ 0x01;
  t.equal(decodeReply(reply), undefined);
});
