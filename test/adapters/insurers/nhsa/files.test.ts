import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { FileFlows, SpooledFile, StoredFile } from '../../../../src/settlement/port.ts';
import { storedBytes } from '../../../../src/settlement/port.ts';
import { must, type Parts, platformParts } from './helper.ts';

async function contentOf(file: StoredFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function filesOf({ insurer }: Parts): FileFlows {
  if (!insurer.files) throw new Error('no files');
  return insurer.files;
}

async function upload(parts: Parts, name: string, content: Buffer): Promise<string> {
  const file = { name, content: storedBytes(content) };
  return must(await filesOf(parts).upload(file, parts.journal.exchange)).value.fileNumber;
}

t.test('a file that was uploaded comes back to the byte', async (t) => {
  const parts = await platformParts(t);
  for (const [name, content] of [
    ['一个 "文件".zip'.replaceAll('"', ''), randomBytes(1_500_000)],
    ['x.txt', Buffer.from('\r\n--yikatong-\r\n--')],
  ] as const) {
    const fileNumber = await upload(parts, name, content);
    const { value } = must(await filesOf(parts).download({ fileNumber, name }, parts.journal.exchange));
    t.ok((await contentOf(value)).equals(content), name);
    t.equal(value.sha256, createHash('sha256').update(content).digest('hex'));
    await value.discard();
  }
  t.same(parts.journal.transactions(), ['9001', '9101', '9102', '9101', '9102']);
  t.same(readdirSync(parts.spoolFolder), []);
});

t.test('the journal keeps the envelope and what names a file, not its content', async (t) => {
  const parts = await platformParts(t);
  const content = randomBytes(100_000);
  const fileNumber = await upload(parts, 'x.bin', content);
  const sent = JSON.parse(parts.journal.requests.at(-1)?.body.toString() ?? '');
  const sha256 = createHash('sha256').update(content).digest('hex');
  t.match(sent, {
    envelope: { infno: '9101', input: { fsUploadIn: { filename: 'x.bin', in: '' } } },
    file: { name: 'x.bin', bytes: 100_000, sha256 },
  });
  const { value } = must(
    await filesOf(parts).download({ fileNumber, name: 'x.bin' }, parts.journal.exchange),
  );
  const request = parts.journal.requests.at(-1);
  t.match(JSON.parse(request?.body.toString() ?? ''), {
    infno: '9102',
    input: { fsDownloadIn: { file_qury_no: fileNumber } },
  });
  t.equal(request?.timeoutMs, 300_000, 'a file may take longer than another answer');
  await value.discard();
});

t.test('a refusal comes as words, and leaves nothing behind', async (t) => {
  const parts = await platformParts(t);
  const outcome = await filesOf(parts).download({ fileNumber: 'none', name: 'x' }, parts.journal.exchange);
  t.match(outcome, { kind: 'refused', reason: '文件不存在或已过期' });
  t.match(
    await filesOf(parts).upload({ name: 'x', content: storedBytes(Buffer.alloc(0)) }, parts.journal.exchange),
    {
      kind: 'refused',
      reason: '上传文件不能为空',
    },
  );
  t.same(readdirSync(parts.spoolFolder), []);
});

t.test('an operator who is no longer signed in is signed in anew, and the file sent again', async (t) => {
  const parts = await platformParts(t);
  await upload(parts, 'x', Buffer.from('x'));
  const { sign_no } = JSON.parse(parts.journal.requests[1]?.body.toString() ?? '').envelope;
  must(
    await parts.insurer.transact(
      '9002',
      { signOut: { sign_no, opter_no: 'op1' } },
      {},
      parts.journal.exchange,
    ),
  );
  const content = randomBytes(100_000);
  const fileNumber = await upload(parts, 'y', content);
  t.same(parts.journal.transactions(), ['9001', '9101', '9002', '9101', '9001', '9101']);
  const { value } = must(await filesOf(parts).download({ fileNumber, name: 'y' }, parts.journal.exchange));
  t.ok((await contentOf(value)).equals(content));
  await value.discard();
});

t.test('a file that is cut in the middle is none', async (t) => {
  const parts = await platformParts(t);
  const fileNumber = await upload(parts, 'x', randomBytes(500_000));
  for (const kind of ['truncate', 'lose-answer', 'lose-request', '5xx-before'] as const) {
    parts.virtual.misbehave({ infno: '9102', kind });
    const outcome = await filesOf(parts).download({ fileNumber, name: 'x' }, parts.journal.exchange);
    t.equal(outcome.kind, 'unknown', kind);
  }
  t.same(readdirSync(parts.spoolFolder), []);
});

t.test('a file larger than allowed is not taken, in either direction', async (t) => {
  const parts = await platformParts(t, { configuration: { fileBytesMax: 10_000 } });
  const tooLarge = { name: 'x', content: storedBytes(Buffer.alloc(10_001)) };
  t.throws(() => filesOf(parts).upload(tooLarge, parts.journal.exchange), { code: 'file.too-large' });
  t.throws(() => filesOf(parts).upload({ ...tooLarge, name: '../x' }, parts.journal.exchange), {
    code: 'file.name',
  });
  t.same(parts.journal.transactions(), []);
  const { url, sent } = await serving(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(Buffer.alloc(10_001));
  });
  const outcome = await downloadFrom(t, url, { fileBytesMax: 10_000 });
  t.match(outcome.outcome, { kind: 'unknown', reason: /larger than allowed/ });
  t.equal(sent(), 1);
  t.same(outcome.left, []);
});

t.test('answers that are not a whole file prove nothing', async (t) => {
  const octets = { 'content-type': 'application/octet-stream' };
  const answers: [string, RequestListener, RegExp][] = [
    [
      'fewer bytes than told',
      (_request, response) => {
        response.writeHead(200, { ...octets, 'content-length': 100 });
        response.write(Buffer.alloc(50), () => response.destroy());
      },
      /UND_ERR_SOCKET/,
    ],
    [
      'an end that nobody told',
      (_request, response) => {
        response.socket?.end(
          'HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\nconnection: close\r\n\r\nhalf',
        );
      },
      /where the file ends/,
    ],
    [
      'rubbish',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /cannot be read/,
    ],
    ['silence', () => undefined, /Abort|TIMEOUT|time/i],
  ];
  for (const [name, answer, reason] of answers) {
    const { url } = await serving(t, answer);
    const { outcome, left } = await downloadFrom(t, url, {});
    t.equal(outcome.kind, 'unknown', name);
    if (outcome.kind !== 'accepted') t.match(outcome.reason, reason, name);
    t.same(left, [], name);
  }
});

t.test('a refusal that comes as a file is still a refusal', async (t) => {
  const { url } = await serving(t, (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/octet-stream' })
      .end(JSON.stringify({ infcode: -1, err_msg: '文件已过期' }));
  });
  const { outcome, left } = await downloadFrom(t, url, {});
  t.match(outcome, { kind: 'refused', reason: '文件已过期' });
  t.same(left, []);
});

t.test('nobody there: nothing was sent', async (t) => {
  const { url, close } = await serving(t, () => undefined);
  await close();
  const { outcome } = await downloadFrom(t, url, {});
  t.equal(outcome.kind, 'not-run');
});

t.test('how files go is told to whoever asks for the plain transaction', async (t) => {
  const { insurer, journal } = await platformParts(t);
  await t.rejects(insurer.transact('9101', {}, {}, journal.exchange), {
    code: 'insurer.unknown-transaction',
    message: /\/files/,
  });
});

/** A platform that signs in, and answers everything else as it is told to. */
async function serving(t: Test, answer: RequestListener) {
  let sent = 0;
  const server = createServer((request, response) => {
    request.setEncoding('utf8');
    let text = '';
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      if (text.includes('"infno":"9001"')) {
        const output = { signinoutb: { sign_no: 'S1', sign_time: '2026-03-02 09:00:00' } };
        response.writeHead(200, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ infcode: 0, output }));
      }
      sent += 1;
      return answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  t.teardown(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sent: () => sent, close };
}

async function downloadFrom(t: Test, url: string, configuration: { fileBytesMax?: number }) {
  const parts = await platformParts(t, { configuration: { url, ...configuration } });
  const exchange: typeof parts.journal.exchange = (request) =>
    parts.journal.exchange({ ...request, send: () => request.send(AbortSignal.timeout(500)) });
  const outcome = await filesOf(parts).download({ fileNumber: 'F1', name: 'x' }, exchange);
  if (outcome.kind === 'accepted') await (outcome.value as SpooledFile).discard();
  return { outcome, left: readdirSync(parts.spoolFolder) };
}
