import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../../schemas/common.ts';
import { type InsurerHealth, InsurerHealthList } from '../../../schemas/insurer-health.ts';
import { type Clock, timestampOf } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import type { Insurers } from '../flows.ts';
import type { Insurer } from '../port.ts';
import { doubtful, lastOfTransaction, type RecentExchange, recentExchanges } from './queries.ts';
import { type Pulse, pulseOf } from './rules.ts';

/** So far back exchanges are looked at, and so many. */
const WINDOW_MS = 24 * 3_600_000;
const EXCHANGES_MAX = 1_000;

/** `GET /v1/insurers/health`: how each insurer answers, what is in doubt with it, and whether we are signed in. */
export function insurerHealthRoutes(parts: {
  readonly insurers: Insurers;
  readonly store: Store;
  readonly clock: Clock;
}): FastifyPluginAsyncTypebox {
  const { insurers, store, clock } = parts;

  async function healthOf({ id, name, capabilities }: Insurer, since: number): Promise<InsurerHealth> {
    const rows = await store.all(recentExchanges, { insurer: id, since, limit: EXCHANGES_MAX });
    const { signsInBy: transaction } = capabilities;
    const signIn =
      transaction === undefined
        ? undefined
        : await store.one(lastOfTransaction, { insurer: id, transaction, since });
    return {
      ...{ id, name, ...pulseView(pulseOf(rows)) },
      signsIn: transaction !== undefined,
      ...(signIn ? { lastSignIn: exchangeView(signIn) } : {}),
      doubt: { inDoubt: 0, needsReview: 0 },
    };
  }

  return async (app) => {
    app.get(
      '/v1/insurers/health',
      {
        config: { scope: 'operation:read' },
        schema: {
          summary: '各支付方的应答、存疑和签到 / How each insurer answers, what is in doubt, and its sign-in',
          description:
            '最近 24 小时、最多 1000 次往来;不含个人信息。/ Of the last 24 hours and 1000 exchanges at most; without personal data.',
          tags: ['医保 Insurers'],
          response: { 200: InsurerHealthList, '4xx': Problem, '5xx': Problem },
        },
      },
      async () => {
        const since = clock.now() - WINDOW_MS;
        const rows = await store.all(doubtful, {});
        const items: InsurerHealth[] = [];
        for (const insurer of insurers.values()) {
          const health = await healthOf(insurer, since);
          const own = rows.filter((row) => row.insurer === insurer.id);
          const count = (state: string) => Number(own.find((row) => row.state === state)?.count ?? 0);
          const oldest = Math.min(...own.map((row) => Number(row.oldest)));
          const doubt = {
            inDoubt: count('in-doubt'),
            needsReview: count('needs-review'),
            ...(own.length > 0 ? { oldestAt: timestampOf(oldest) } : {}),
          };
          items.push({ ...health, doubt });
        }
        return { items };
      },
    );
  };
}

function pulseView({ lastAnswerAt, lastTrouble, ...pulse }: Pulse) {
  return {
    ...pulse,
    ...(lastAnswerAt === undefined ? {} : { lastAnswerAt: timestampOf(lastAnswerAt) }),
    ...(lastTrouble ? { lastTrouble: exchangeView(lastTrouble) } : {}),
  };
}

function exchangeView({ transaction, outcome, sent_at }: RecentExchange) {
  return { transaction, outcome, at: timestampOf(sent_at) };
}
