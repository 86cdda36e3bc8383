import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import { useWords } from '../words/words.tsx';
import { claimantOf } from './me.ts';
import { timeText } from './times.ts';
import type { Acting } from './use-acting.ts';
import { words } from './words.ts';

/** Who of this side has taken it on; giving it back, and ending somebody else's claim with a reason. */
export function ClaimActs({
  referral,
  session,
  acting,
}: {
  referral: Referral;
  session: Session;
  acting: Acting;
}) {
  const { say } = useWords(words);
  const [ending, setEnding] = useState(false);
  const { role, closed, claim } = referral;
  const may = session.scopes.includes('referral:write');
  if (role !== 'recipient') return null;
  const doctor = claimantOf(session);
  const held = claim ? say('claimedBy', { who: claim.doctor.name, at: timeText(claim.at) }) : undefined;
  if (closed || !may) return held ? <span>{held}</span> : null;
  if (!claim) {
    return (
      <Button disabled={acting.busy} onClick={() => acting.act('claim', { doctor })}>
        {say('claim')}
      </Button>
    );
  }
  const own = claim.doctor.number === doctor.number;
  const release = (reason?: string) =>
    acting.act('release', { doctor, ...(reason === undefined ? {} : { reason }) }, () => setEnding(false));
  return (
    <>
      <span>{held}</span>
      <Button disabled={acting.busy} onClick={() => (own ? release() : setEnding(true))}>
        {say(own ? 'release' : 'releaseOther')}
      </Button>
      {ending && !own ? (
        <Form layout="inline" onFinish={({ reason }: { reason: string }) => release(reason)}>
          <Form.Item
            name="reason"
            label={say('releaseWhy')}
            rules={[{ required: true, message: say('needed') }]}
          >
            <Input autoFocus maxLength={500} />
          </Form.Item>
          <Button htmlType="submit" disabled={acting.busy}>
            {say('releaseOther')}
          </Button>
        </Form>
      ) : null}
    </>
  );
}
