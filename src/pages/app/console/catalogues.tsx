import { Alert, Button, Checkbox, Progress, Select, Space, Table } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import type { CatalogueDownload, CatalogueList } from '../../../../schemas/catalogue.ts';
import type { InsurerHealth } from '../../../../schemas/insurer-health.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useOnce } from '../shell/use-once.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import type { SectionProps } from './sections.ts';
import { timeOf } from './times.ts';
import { words } from './words.ts';

type Kind = CatalogueList['items'][number];

const loadInsurers = (signal: AbortSignal) =>
  call<{ items: InsurerHealth[] }>('GET', '/v1/insurers/health', { signal });

/** The insurers' catalogues: which version is here, and its download with how far it is. */
export function Catalogues({ may }: SectionProps) {
  const { say } = useWords(words);
  const [chosen, choose] = useState<string>();
  const insurers = useLoaded(loadInsurers);
  const insurer = chosen ?? insurers.data?.items[0]?.id;
  return (
    <>
      <Trouble error={insurers.error} />
      <Select
        aria-label={say('insurer')}
        style={{ minWidth: 280 }}
        value={insurer ?? null}
        onChange={choose}
        options={insurers.data?.items.map(({ id, name }) => ({ value: id, label: `${name} (${id})` })) ?? []}
      />
      {insurer === undefined ? null : (
        <CataloguesOf key={insurer} insurer={insurer} mayDownload={may('catalogue:write')} />
      )}
    </>
  );
}

function CataloguesOf({ insurer, mayDownload }: { insurer: string; mayDownload: boolean }) {
  const { say } = useWords(words);
  const path = `/v1/insurers/${insurer}/catalogues`;
  const { data, error, reload } = useLoaded(
    useCallback((signal: AbortSignal) => call<CatalogueList>('GET', path, { signal }), [path]),
  );
  return (
    <>
      <Trouble error={error} />
      <Table<Kind>
        rowKey="kind"
        size="small"
        pagination={false}
        loading={!data && !error}
        dataSource={data?.items ?? []}
        locale={{ emptyText: say('catalogue.none') }}
        columns={[
          { title: say('catalogue'), render: (_, { kind }) => say(`catalogue.${kind}`) },
          { title: say('catalogue.version'), render: (_, { version }) => version ?? '—' },
          { title: say('catalogue.items'), align: 'right', render: (_, { items }) => items },
          { title: say('catalogue.loadedAt'), render: (_, { loadedAt }) => timeOf(loadedAt) },
          {
            title: say('catalogue.download'),
            width: 460,
            render: (_, { kind, download }) => (
              <Download
                path={`${path}/${kind}/downloads`}
                name={say(`catalogue.${kind}`)}
                known={download}
                may={mayDownload}
                onDone={reload}
              />
            ),
          },
        ]}
      />
    </>
  );
}

/** How often a download under way is asked how far it is. */
const LOOK_MS = 1_000;

/** One catalogue's download: begun, followed and cancelled here, also when it was begun elsewhere. */
function Download({
  path,
  name,
  known,
  may,
  onDone,
}: {
  path: string;
  name: string;
  known: string | undefined;
  may: boolean;
  onDone: () => void;
}) {
  const { say } = useWords(words);
  const [id, setId] = useState(known);
  const [at, setAt] = useState<CatalogueDownload>();
  const [whole, setWhole] = useState(false);
  const { busy, error, run } = useWork();
  const once = useOnce();
  const running = at?.state === 'running';
  useEffect(() => {
    if (id === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const controller = new AbortController();
    const look = (wasRunning: boolean) => {
      call<CatalogueDownload>('GET', `/v1/catalogue-downloads/${id}`, { signal: controller.signal })
        .then((next) => {
          setAt(next);
          const runs = next.state === 'running';
          if (runs) timer = setTimeout(() => look(true), LOOK_MS);
          else if (wasRunning) onDone();
        })
        .catch(() => {
          if (!controller.signal.aborted) timer = setTimeout(() => look(wasRunning), LOOK_MS * 3);
        });
    };
    look(id !== known);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [id, known, onDone]);
  const start = () =>
    run(async () => {
      const begun = await once(`download ${whole}`, (key) =>
        call<CatalogueDownload>('POST', path, { body: { whole }, key }),
      );
      setAt(begun);
      setId(begun.id);
    });
  const cancel = () =>
    run(async () => setAt(await call('DELETE', `/v1/catalogue-downloads/${at?.id ?? ''}`)));
  return (
    <>
      {at ? <Progressed download={at} name={name} /> : null}
      {may ? (
        <Space wrap>
          {running ? (
            <Button
              size="small"
              danger
              loading={busy}
              onClick={cancel}
              aria-label={say('catalogue.cancelOf', { name })}
            >
              {say('cancel')}
            </Button>
          ) : (
            <>
              <Button
                size="small"
                loading={busy}
                onClick={start}
                aria-label={say('catalogue.startOf', { name })}
              >
                {say('catalogue.start')}
              </Button>
              <Checkbox checked={whole} onChange={({ target }) => setWhole(target.checked)}>
                {say('catalogue.whole')}
              </Checkbox>
            </>
          )}
        </Space>
      ) : null}
      <Trouble error={error} />
    </>
  );
}

function Progressed({ download, name }: { download: CatalogueDownload; name: string }) {
  const { say } = useWords(words);
  const { state, rows, expected, cause } = download;
  const percent = expected ? Math.min(100, Math.floor((rows / expected) * 100)) : 0;
  return (
    <div role="status">
      {state === 'running' ? <Progress aria-label={name} percent={percent} status="active" /> : null}
      {say(`download.${state}`)} · {say('catalogue.rows', { rows, of: expected ?? '?' })}
      {cause ? <Alert type="error" title={cause.code} description={cause.reason} /> : null}
    </div>
  );
}
