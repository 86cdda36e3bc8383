import type { HistoryEntry } from '../../../schemas/referral.ts';
import { OURS } from './codes.ts';
import { type Dossier, partiesOf, patientIdOf } from './dossier.ts';
import { concept, type Resource, referenceTo } from './resource.ts';

/** What one side told the other in words: an event of the history with its text. */
export function communicationOf(dossier: Dossier, entry: HistoryEntry): Resource {
  const { referral, person } = dossier;
  const { requester, owner } = partiesOf(dossier);
  const [sender, recipient] = entry.who === 'initiator' ? [requester, owner] : [owner, requester];
  return {
    resourceType: 'Communication',
    id: entry.id,
    meta: { versionId: '1', lastUpdated: entry.recordedAt },
    basedOn: [referenceTo('ServiceRequest', referral.id)],
    partOf: [referenceTo('Task', referral.id)],
    status: 'completed',
    category: [concept(OURS.communication, entry.type)],
    priority: referral.priority,
    subject: referenceTo('Patient', patientIdOf(person)),
    sent: entry.at,
    sender,
    recipient: [recipient],
    payload: textsOf(entry).map((contentString) => ({ contentString })),
  };
}

export function textsOf({ text, reason }: Pick<HistoryEntry, 'text' | 'reason'>): string[] {
  return [text, reason?.text].filter((each) => each !== undefined);
}
