import { Button, Typography } from 'antd';
import type { SandboxOverview } from '../../../../schemas/sandbox.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { Faults } from './faults.tsx';
import { Readers } from './readers.tsx';
import { words } from './words.ts';

const load = (signal: AbortSignal) => call<SandboxOverview>('GET', '/v1/sandbox', { signal });

/** What a trainer plays with, beside the page that is taught: cards, the insurer's faults, the hospital. */
export default function Tray() {
  const { say } = useWords(words);
  const { data, error, reload } = useLoaded(load);
  const { busy, error: refusal, run } = useWork();
  const move = (reader: string, card: string | undefined) => {
    const path = `/v1/sandbox/readers/${encodeURIComponent(reader)}/card`;
    void run(async () => {
      if (card === undefined) await call('DELETE', path);
      else await call('PUT', path, { body: { card } });
      reload();
    });
  };
  return (
    <aside className="tray" aria-label={say('title')}>
      <Typography.Title level={4}>{say('cards')}</Typography.Title>
      <p>{say('lay')}</p>
      <Trouble error={refusal ?? error} />
      {data ? <Readers overview={data} busy={busy} onMove={move} /> : null}
      <Faults />
      {data ? (
        <>
          <Typography.Title level={4}>{say('hospital')}</Typography.Title>
          <p>{say('openHint')}</p>
          <Button href={hospitalOf(data.hospitalUrl)} target="_blank" rel="noreferrer">
            {say('open')}
          </Button>
        </>
      ) : null}
    </aside>
  );
}

/** The sandbox's two gateways listen at one host; this page was reached by one of its names. */
function hospitalOf(hospitalUrl: string): string {
  const url = new URL(hospitalUrl);
  url.hostname = location.hostname;
  url.pathname = '/referrals';
  return url.href;
}
