import { Spin } from 'antd';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

interface InForce {
  readonly version: string;
  readonly configuration: unknown;
}

const load = (signal: AbortSignal) => call<InForce>('GET', '/v1/configuration', { signal });

/** What the gateway was started with, section by section; of a secret only where it is found. */
export function Configuration() {
  const { say } = useWords(words);
  const { data, error } = useLoaded(load);
  const sections = data ? Object.entries(data.configuration as Readonly<Record<string, unknown>>) : [];
  return (
    <>
      <Trouble error={error} />
      {data || error ? null : <Spin />}
      {data ? <p>{say('configuration.hint', { version: data.version })}</p> : null}
      {sections.map(([name, value]) => (
        <details key={name} open={!Array.isArray(value)}>
          <summary>
            <code>{name}</code>
            {Array.isArray(value) ? ` (${value.length})` : ''}
          </summary>
          <Value value={value} />
        </details>
      ))}
    </>
  );
}

/** A value of the configuration: a table of its parts, or as it is. */
function Value({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null) return <code>{String(value)}</code>;
  return (
    <table className="settings">
      <tbody>
        {Object.entries(value).map(([name, each]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Value value={each} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
