import type { Exchange, ExchangeRef, WireAnswer } from '../../src/settlement/port.ts';

/**
 * Writes down in the journal what happens at the desk and nowhere else, such as cash that changes hands: an exchange
 * like any other, whose other side answers at once. So a bill's history is whole in one place.
 */
export async function record(
  exchange: Exchange,
  request: { readonly transaction: string; readonly ownId: string; readonly content: object },
): Promise<ExchangeRef & { readonly written: boolean; readonly reason: string }> {
  const { transaction, ownId, content } = request;
  const outcome = await exchange({
    transaction,
    ownId,
    effect: 'money',
    body: Buffer.from(JSON.stringify(content)),
    send: async (): Promise<WireAnswer> => ({
      status: 200,
      contentType: 'application/json',
      body: Buffer.from('{"recorded":true}'),
    }),
    judge: () => ({ kind: 'accepted', output: {} }),
  });
  const written = outcome.kind === 'accepted';
  return {
    exchangeId: outcome.exchangeId,
    transaction,
    ownId,
    written,
    reason: outcome.kind === 'accepted' ? '' : outcome.reason,
  };
}
