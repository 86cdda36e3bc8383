import { Tabs } from 'antd';
import type { PageProps } from '../shell/pages.ts';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import { type Scope, sections } from './sections.ts';
import { words } from './words.ts';

/** What a county's operator looks at: a section for each thing that can go wrong, as far as the roles let in. */
export default function Console({ session }: PageProps) {
  const { say } = useWords(words);
  const [section, choose] = useParam('section');
  const may = (scope: Scope) => session.scopes.includes(scope);
  const allowed = sections.filter(({ needs }) => needs.every(may));
  const open = allowed.find(({ key }) => key === section) ?? allowed[0];
  return (
    <Tabs
      activeKey={open?.key ?? ''}
      onChange={choose}
      destroyOnHidden
      items={allowed.map(({ key, Show }) => ({
        key,
        label: say(`section.${key}`),
        children: <Show may={may} />,
      }))}
    />
  );
}
