import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { answerIn } from '../api.ts';
import type { Say, Texts } from './texts.ts';

export type { Say } from './texts.ts';

export type Language = 'zh-CN' | 'en';

interface Chosen {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const KEPT = 'yikatong.language';

const ChosenContext = createContext<Chosen | undefined>(undefined);

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(kept);
  const chosen = useMemo<Chosen>(() => {
    answerIn(language);
    document.documentElement.lang = language;
    return {
      language,
      choose: (language) => {
        localStorage.setItem(KEPT, language);
        setLanguage(language);
      },
    };
  }, [language]);
  return <ChosenContext.Provider value={chosen}>{children}</ChosenContext.Provider>;
}

/** Says the words of a page's table in the language that was chosen. */
export function useWords<T extends Texts>(texts: T): Chosen & { readonly say: Say<keyof T & string> } {
  const chosen = useContext(ChosenContext);
  if (!chosen) throw new Error('outside of WordsProvider');
  return useMemo(() => {
    const which = chosen.language === 'en' ? 1 : 0;
    const say: Say<keyof T & string> = (word, facts = {}) =>
      // A word that came from the gateway may be younger than this page.
      (texts[word]?.[which] ?? word).replace(/\{(\w+)\}/g, (whole, name: string) =>
        String(facts[name] ?? whole),
      );
    return { ...chosen, say };
  }, [chosen, texts]);
}

function kept(): Language {
  return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN';
}
