import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';

/**
 * Lines as a table for spreadsheets: a byte order mark, so that Excel reads Chinese, and no cell that begins like a
 * formula.
 */
export function tableOf(lines: readonly (readonly (string | number)[])[]): string {
  return stringify(lines as (string | number)[][], {
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

/** Answers with a table to be kept as a file of this name. */
export function sendTable(reply: FastifyReply, name: string, table: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(table);
}
