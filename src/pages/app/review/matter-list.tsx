import { Alert, Button, Card, Spin } from 'antd';
import { Mark } from '../shell/mark.tsx';
import { timeText } from '../shell/time.ts';
import { useWords } from '../words/words.tsx';
import type { Matter } from './matters.ts';
import type { Matters } from './use-matters.ts';
import { type Word, words } from './words.ts';

const COLUMNS = ['kind', 'name', 'step', 'insurers', 'total', 'state', 'since'] as const;

/** Everything that is in doubt, what needs a person first. */
export function MatterList({
  matters,
  onOpen,
}: {
  matters: Matters | undefined;
  onOpen: (matter: Matter) => void;
}) {
  const { say } = useWords(words);
  return (
    <Card title={say('title')}>
      <p>{say('intro')}</p>
      {matters === undefined ? <Spin /> : null}
      {matters?.items.length === 0 ? <Alert type="success" showIcon title={say('none')} /> : null}
      {matters && matters.items.length > 0 ? (
        <table className="plain-table" aria-label={say('title')}>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {say(column)}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {matters.items.map((matter) => (
              <Row key={`${matter.kind} ${matter.id}`} matter={matter} onOpen={() => onOpen(matter)} />
            ))}
          </tbody>
        </table>
      ) : null}
      {matters?.more ? <p>{say('more')}</p> : null}
    </Card>
  );
}

function Row({ matter, onOpen }: { matter: Matter; onOpen: () => void }) {
  const { say } = useWords(words);
  const { kind, name, step, insurers, total, state, updatedAt } = matter;
  return (
    <tr>
      <td>{say(`kind.${kind}`)}</td>
      <th scope="row">{name}</th>
      <td>{step === undefined ? '' : say(`step.${step}` as Word)}</td>
      <td>{insurers}</td>
      <td className="amount">{total}</td>
      <td>
        <StateMark state={state} />
      </td>
      <td>{timeText(updatedAt)}</td>
      <td>
        <Button size="small" onClick={onOpen} aria-label={`${say('open')} ${name}`}>
          {say('open')}
        </Button>
      </td>
    </tr>
  );
}

/** Where it stands: a colour, and the word for it. */
export function StateMark({ state }: { state: string }) {
  const { say } = useWords(words);
  const tone = state === 'needs-review' ? 'bad' : state === 'in-doubt' ? 'wait' : 'plain';
  return <Mark tone={tone}>{say(`state.${state}` as Word)}</Mark>;
}
