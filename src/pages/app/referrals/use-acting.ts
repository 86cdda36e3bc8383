import { useState } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import { call } from '../api.ts';
import { useOnce } from '../shell/use-once.ts';
import { useWork } from '../shell/use-work.ts';

export interface Acting {
  readonly busy: boolean;
  readonly error: unknown;
  /** `path` below the referral: events, claim, release, review, submission, contacts/{role}/seen. */
  act(path: string, body: object, then?: () => void): Promise<void>;
  clear(): void;
}

/** Acts on the referral as it is shown; whatever becomes of it, it is read again. */
export function useActing(referral: Pick<Referral, 'id' | 'version'>, reload: () => void): Acting {
  const { busy, error, run, clear } = useWork();
  const once = useOnce();
  const [reached, setReached] = useState(0);
  const { id, version } = referral;
  return {
    // What was done is not shown yet: another press would be one more act on what was there before.
    busy: busy || version < reached,
    error,
    clear,
    act: (path, body, then = () => undefined) =>
      run(async () => {
        try {
          const done = await once(`${id} ${path} ${JSON.stringify(body)}`, (key) =>
            call<Partial<Referral>>('POST', `/v1/referrals/${id}/${path}`, { body, key, version }),
          );
          setReached(done.version ?? version);
          then();
        } finally {
          reload();
        }
      }),
  };
}
