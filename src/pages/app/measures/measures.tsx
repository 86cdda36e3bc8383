import './measures.css';
import { Flex, Tabs } from 'antd';
import { useMemo } from 'react';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import { Organisations } from './organisations.tsx';
import { Readers, Settlements } from './other-views.tsx';
import { isDay, lastYear } from './period.ts';
import { Answers, type Asked, County, Loop } from './referral-views.tsx';
import { words } from './words.ts';

const TABS = [
  { key: 'loop', Show: Loop, isByOrganisation: true },
  { key: 'answers', Show: Answers, isByOrganisation: true },
  { key: 'county', Show: County, isByOrganisation: false },
  { key: 'settlements', Show: Settlements, isByOrganisation: false },
  { key: 'readers', Show: Readers, isByOrganisation: false },
] as const;

/** How well it all works, in figures that say what they count. */
export default function Measures() {
  const { say } = useWords(words);
  const [tab = 'loop', choose] = useParam('tab');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [organisation, setOrganisation] = useParam('organisation');
  const asked = useMemo((): Asked => {
    const usual = lastYear(Date.now());
    return { from: isDay(from) ? from : usual.from, to: isDay(to) ? to : usual.to, organisation };
  }, [from, to, organisation]);
  const open = TABS.find(({ key }) => key === tab) ?? TABS[0];
  return (
    <>
      <Flex gap={16} align="center" wrap className="asked">
        <label>
          {say('from')}{' '}
          <input type="date" value={asked.from} onChange={({ target }) => setFrom(target.value)} />
        </label>
        <label>
          {say('to')} <input type="date" value={asked.to} onChange={({ target }) => setTo(target.value)} />
        </label>
        {open.isByOrganisation ? <Organisations asked={asked} onChoose={setOrganisation} /> : null}
      </Flex>
      <Tabs
        activeKey={open.key}
        onChange={choose}
        destroyOnHidden
        items={TABS.map(({ key, Show }) => ({
          key,
          label: say(`tab.${key}`),
          children: <Show asked={asked} />,
        }))}
      />
    </>
  );
}
