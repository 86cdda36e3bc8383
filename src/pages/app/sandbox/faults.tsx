import { Button, Switch, Typography } from 'antd';
import type { Misbehaving } from '../../../../schemas/sandbox.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { isOn, type Switch as OneSwitch, orderOf, SWITCHES } from './switches.ts';
import { words } from './words.ts';

const PATH = '/v1/sandbox/insurer/misbehaviour';

const load = (signal: AbortSignal) => call<Misbehaving>('GET', PATH, { signal });

/** What goes wrong at the insurer, a switch for each. */
export function Faults() {
  const { say } = useWords(words);
  const { data, error, reload } = useLoaded(load);
  const { busy, error: refusal, run } = useWork();
  const turn = (each: OneSwitch, on: boolean) =>
    run(async () => {
      const { transaction, kind } = each;
      if (on) await call('POST', PATH, { body: orderOf(each) });
      else await call('DELETE', `${PATH}?transaction=${transaction}&kind=${kind}`);
      reload();
    });
  const behave = () =>
    run(async () => {
      await call('DELETE', PATH);
      reload();
    });
  return (
    <section>
      <Typography.Title level={4}>{say('insurer')}</Typography.Title>
      <p>{say('until')}</p>
      <Trouble error={refusal ?? error} />
      {data
        ? SWITCHES.map((each) => (
            <div key={each.word} className="switch">
              <Switch
                id={`switch-${each.word}`}
                size="small"
                checked={isOn(each, data)}
                onChange={(on) => {
                  if (!busy) void turn(each, on);
                }}
              />
              <label htmlFor={`switch-${each.word}`}>{say(each.word)}</label>
            </div>
          ))
        : null}
      <Button size="small" onClick={() => void behave()}>
        {say('behave')}
      </Button>
    </section>
  );
}
