import { Button, ConfigProvider, Spin } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { Suspense, useEffect, useRef, useState } from 'react';
import type { Session } from '../../../../schemas/user.ts';
import { ApiError, call, whenSignedOut } from '../api.ts';
import { NewPassword } from '../session/new-password.tsx';
import { SignIn } from '../session/sign-in.tsx';
import { useWords, WordsProvider } from '../words/words.tsx';
import { markStyles, NONCE } from './nonce.ts';
import { pagesFor } from './pages.ts';
import { Trouble } from './trouble.tsx';
import { Tray, useTray } from './use-tray.ts';
import { words } from './words.ts';

markStyles();

/** Dark enough to be read on an old screen: 4.5 to 1 and more. */
const THEME = {
  token: {
    colorPrimary: '#0050b3',
    colorLink: '#0050b3',
    colorLinkHover: '#003a70',
    colorLinkActive: '#003a70',
    colorError: '#a8071a',
    colorTextDescription: '#595959',
    colorTextPlaceholder: '#595959',
  },
};

export function App() {
  return (
    <WordsProvider>
      <Themed />
    </WordsProvider>
  );
}

function Themed() {
  const { language } = useWords(words);
  return (
    <ConfigProvider
      locale={language === 'en' ? enUS : zhCN}
      theme={THEME}
      csp={{ nonce: NONCE }}
      button={{ autoInsertSpace: false }}
    >
      <Signed />
    </ConfigProvider>
  );
}

type Who = { readonly session?: Session | undefined; readonly known: boolean };

function Signed() {
  const [{ session, known }, setWho] = useState<Who>({ known: false });
  const [error, setError] = useState<unknown>();
  const [sandbox, setSandbox] = useState(false);
  useEffect(() => {
    whenSignedOut(() => setWho({ known: true }));
    call<Session>('GET', '/v1/session')
      .then((session) => setWho({ session, known: true }))
      .catch((error) => {
        setWho({ known: true });
        if (error instanceof ApiError && error.problem.code !== 'access.signed-out') setError(error);
      });
    fetch('/health/live')
      .then((answer) => setSandbox(answer.headers.get('x-yikatong-sandbox') === 'true'))
      .catch(() => undefined);
  }, []);
  // Who was here before keeps the page below the sign-in, with what was typed; somebody else gets one of their own.
  const last = useRef<Session | undefined>(undefined);
  if (session) last.current = session;
  const shown = last.current;
  if (!known) return <Spin fullscreen />;
  return (
    <>
      {shown ? (
        <Shell key={shown.name} session={shown} sandbox={sandbox} onLeave={() => setWho({ known: true })} />
      ) : null}
      <Trouble error={error} />
      {session ? null : <SignIn onDone={(session) => setWho({ session, known: true })} />}
      {session?.mustChangePassword ? (
        <NewPassword
          onDone={() => setWho({ session: { ...session, mustChangePassword: false }, known: true })}
        />
      ) : null}
    </>
  );
}

function Shell({ session, sandbox, onLeave }: { session: Session; sandbox: boolean; onLeave: () => void }) {
  const { say, language, choose } = useWords(words);
  const [isOut, turnTray] = useTray();
  const hasTray = sandbox && session.scopes.includes('sandbox:write');
  const allowed = pagesFor(session);
  const here = allowed.find(({ path }) => path === location.pathname) ?? allowed[0];
  const leave = async () => {
    await call('DELETE', '/v1/session').catch(() => undefined);
    onLeave();
    // What the next person at this desk must not see is gone with the page.
    location.assign('/');
  };
  return (
    <>
      <header className="bar">
        <strong>{say('app.title')}</strong>
        <nav>
          {allowed.map(({ path, word }) => (
            <a key={path} href={path} aria-current={path === here?.path ? 'page' : undefined}>
              {say(word)}
            </a>
          ))}
        </nav>
        <span className="rest" />
        {hasTray ? (
          <Button size="small" ghost aria-expanded={isOut} onClick={turnTray}>
            {say('app.tray')}
          </Button>
        ) : null}
        <a href="/docs">{say('page.docs')}</a>
        <Button size="small" ghost onClick={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
          {say('app.language')}
        </Button>
        <span>{session.displayName}</span>
        <Button size="small" ghost onClick={leave}>
          {say('app.signOut')}
        </Button>
      </header>
      {sandbox ? <div className="sandbox">{say('app.sandbox')}</div> : null}
      <div className={hasTray && isOut ? 'beside-tray' : undefined}>
        <main className="frame">
          {here ? (
            <Suspense fallback={<Spin />}>
              <here.Show session={session} sandbox={sandbox} />
            </Suspense>
          ) : (
            say('app.nothing')
          )}
        </main>
        {hasTray && isOut ? (
          <Suspense fallback={<Spin />}>
            <Tray />
          </Suspense>
        ) : null}
      </div>
    </>
  );
}
