import { createHash } from 'node:crypto';

/** A form as browsers and HIS send it. A `filename` makes a field a file. */
export function formOf(
  parts: readonly { name: string; value: string | Buffer; filename?: string; type?: string }[],
) {
  const boundary = '----yikatong-test';
  const chunks = parts.flatMap(({ name, value, filename, type }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${type ? `Content-Type: ${type}\r\n` : ''}\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** A PDF of so many bytes, by its beginning. */
export function pdfOf(bytes: number, seed = 1): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at++) content[at] = (at * 31 * seed + (at >> 8)) & 0xff;
  content.write('%PDF-1.7\n', 0, 'latin1');
  return content;
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
