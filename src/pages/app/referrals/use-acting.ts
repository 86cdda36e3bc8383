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
  const { id, version } = referral;
  return {
    busy,
    error,
    clear,
    act: (path, body, then = () => undefined) =>
      run(async () => {
        try {
          await once(`${id} ${path} ${JSON.stringify(body)}`, (key) =>
            call('POST', `/v1/referrals/${id}/${path}`, { body, key, version }),
          );
          then();
        } finally {
          reload();
        }
      }),
  };
}
