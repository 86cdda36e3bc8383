import { readFileSync } from 'node:fs';
import t from 'tap';
import { curl, curlCommandsIn } from '../setup/curl.ts';
import { startWorld } from './world.ts';

/** The variables that the quick start sets, and its commands. */
function quickStartOf(readme: string) {
  const text = readFileSync(new URL(`../../${readme}`, import.meta.url), 'utf8');
  const script = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].find(([, block]) =>
    block!.includes('curl'),
  )![1]!;
  const set = [...script.matchAll(/^([A-Z]+)=["']?(.*?)["']?(?: +#.*)?$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  return { variables: Object.fromEntries(set) as Record<string, string>, commands: curlCommandsIn(script) };
}

for (const readme of ['README.md', 'README.zh-CN.md']) {
  t.test(`the quick start of ${readme} does what it says`, async (t) => {
    const world = await startWorld(t);
    const { variables, commands } = quickStartOf(readme);
    const values = {
      ...variables,
      API: world.url,
      AUTH: variables.AUTH!.replace(/\$KEY/, world.key),
    };
    const ids = new Map<string, string>();
    const answers = [];
    for (const command of commands) {
      // Where a person would paste the id of an earlier answer, the text has an ellipsis.
      const pasted = command
        .replace(/"readingId":"…"/, () => `"readingId":"${ids.get('readings')}"`)
        .replace(/\/v1\/(\w+)\/…/, (_, things: string) => `/v1/${things}/${ids.get(things)}`);
      const answer = await curl(pasted, values);
      t.ok(answer.status < 300, `${pasted} → ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
      const things = /(readings|settlements|referrals)(?= |$)/.exec(command.split('\\\n')[0]!)?.[1];
      if (things !== undefined && typeof answer.body.id === 'string') ids.set(things, answer.body.id);
      answers.push(answer.body);
    }
    t.match(answers, [
      { kind: 'social-security-card' },
      { insurances: [{ active: true }] },
      { state: 'quoted' },
      { state: 'settled' },
      { state: 'settled' },
      { state: /requested|received/ },
      { items: [{ type: 'send' }] },
    ]);
  });
}
