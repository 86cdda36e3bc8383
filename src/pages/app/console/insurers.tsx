import { Table } from 'antd';
import type { InsurerHealth } from '../../../../schemas/insurer-health.ts';
import { call } from '../api.ts';
import { Mark } from '../shell/mark.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';
import type { SectionProps } from './sections.ts';
import { ageOf, timeOf } from './times.ts';
import { useLive } from './use-live.ts';
import { words } from './words.ts';

const load = (signal: AbortSignal) =>
  call<{ items: InsurerHealth[] }>('GET', '/v1/insurers/health', { signal });

/** How each insurer answers, what is in doubt with it, and whether we are signed in there today. */
export function Insurers({ may }: SectionProps) {
  const { say } = useWords(words);
  const { data, error } = useLive(load, may('event:read') ? ['settlement.state'] : []);
  return (
    <>
      <p>{say('insurer.window')}</p>
      <Trouble error={error} />
      <Table<InsurerHealth>
        rowKey="id"
        size="small"
        pagination={false}
        loading={!data && !error}
        dataSource={data?.items ?? []}
        columns={[
          {
            title: say('insurer'),
            render: (_, { id, name }) => (
              <>
                <strong>{name}</strong>
                <div>{id}</div>
              </>
            ),
          },
          {
            title: say('insurer.latency'),
            render: (_, { medianMs, p95Ms }) =>
              medianMs === undefined ? '—' : say('insurer.ms', { median: medianMs, p95: p95Ms ?? medianMs }),
          },
          {
            title: say('insurer.exchanges'),
            render: (_, { exchanges, accepted, refused, failed, unknown }) => (
              <>
                <div>{exchanges}</div>
                <small>{say('insurer.split', { accepted, refused, failed, unknown })}</small>
              </>
            ),
          },
          {
            title: say('insurer.doubt'),
            render: (_, { doubt: { inDoubt, needsReview, oldestAt } }) =>
              inDoubt + needsReview === 0 ? (
                <Mark tone="good">{say('insurer.noDoubt')}</Mark>
              ) : (
                <>
                  <Mark tone={needsReview > 0 ? 'bad' : 'wait'}>
                    {say('insurer.doubts', { inDoubt, needsReview })}
                  </Mark>
                  {oldestAt === undefined ? null : (
                    <div>
                      {say('oldest')} {ageOf(oldestAt, Date.now(), say)}
                    </div>
                  )}
                </>
              ),
          },
          { title: say('insurer.signIn'), render: (_, insurer) => <SignIn insurer={insurer} /> },
          { title: say('insurer.lastAnswer'), render: (_, { lastAnswerAt }) => timeOf(lastAnswerAt) },
          {
            title: say('insurer.lastTrouble'),
            render: (_, { lastTrouble }) =>
              lastTrouble === undefined
                ? '—'
                : `${timeOf(lastTrouble.at)} ${lastTrouble.transaction} ${say(`outcome.${lastTrouble.outcome}`)}`,
          },
        ]}
      />
    </>
  );
}

function SignIn({ insurer: { signsIn, lastSignIn } }: { insurer: InsurerHealth }) {
  const { say } = useWords(words);
  if (!signsIn) return say('insurer.noSignIn');
  if (!lastSignIn) return <Mark tone="wait">{say('insurer.notSignedIn')}</Mark>;
  return (
    <>
      <Mark tone={lastSignIn.outcome === 'accepted' ? 'good' : 'bad'}>
        {say(`outcome.${lastSignIn.outcome}`)}
      </Mark>
      <div>{timeOf(lastSignIn.at)}</div>
    </>
  );
}
