/** Reports of 64 bytes, built here from the makers' tables and not with the code under test; ids first. */

/** Honeywell, Access-IS: the AIM identifier at 2 to 4, the data from 5. */
export function firstLayout(data: string | Uint8Array, more = 0, aim = ']Q1'): Buffer {
  return reportOf(data, 5, more, { 2: aim, 61: 's' });
}

/** The AIM identifier at 3 to 5, the data from 6; what stands before the mark is not said. */
export function secondLayout(data: string | Uint8Array, more = 0, before = '\0'): Buffer {
  return reportOf(data, 6, more, { 2: `${before}]Q1` });
}

/** Newland: the data from 2, its own letter at 62. */
export function thirdLayout(data: string | Uint8Array, more = 0): Buffer {
  return reportOf(data, 2, more, { 62: 's' });
}

function reportOf(
  data: string | Uint8Array,
  dataAt: number,
  more: number,
  texts: Readonly<Record<number, string>>,
): Buffer {
  const report = Buffer.alloc(64);
  report[0] = 2;
  report[1] = data.length;
  for (const [at, text] of Object.entries(texts)) report.write(text, Number(at), 'latin1');
  Buffer.from(data).copy(report, dataAt);
  report[63] = more;
  return report;
}
