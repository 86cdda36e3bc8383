import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { hospital } from '../organisations.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources are looked at member by member.
export type Any = Record<string, any>;

/** A transaction Bundle as a HIS would write it: ServiceRequest, Task and Patient. */
export function transaction(
  changes: { request?: Any; task?: Any; patient?: Any; ifNoneExist?: string } = {},
): Any {
  const post = (url: string) => ({ method: 'POST', url });
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111',
        resource: {
          resourceType: 'Patient',
          identifier: [{ system: 'urn:yikatong:document:resident-id', value: SAMPLE_NUMBER }],
          name: [{ family: SAMPLE_NAME.slice(0, 1), given: [SAMPLE_NAME.slice(1)] }],
          gender: 'male',
          maritalStatus: { text: '已婚' },
          ...changes.patient,
        },
        request: post('Patient'),
      },
      {
        fullUrl: 'urn:uuid:22222222-2222-4222-8222-222222222222',
        resource: {
          resourceType: 'ServiceRequest',
          contained: [
            { resourceType: 'PractitionerRole', id: 'dr', practitioner: { display: '李医生' } },
            {
              resourceType: 'Consent',
              id: 'ok',
              status: 'active',
              scope: { text: 'referral' },
              category: [{ text: 'referral' }],
              policyRule: { text: 'referral' },
            },
          ],
          identifier: [{ system: 'urn:his:order', value: 'ZZ0001' }],
          status: 'active',
          intent: 'order',
          priority: 'urgent',
          subject: { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111' },
          requester: { reference: '#dr' },
          performer: [{ reference: `Organization/${hospital.code}` }],
          performerType: { text: '心血管内科' },
          reasonCode: [{ text: '高血压待查' }],
          supportingInfo: [{ reference: '#ok' }],
          patientInstruction: '请带既往病历',
          ...changes.request,
        },
        request: {
          ...post('ServiceRequest'),
          ...(changes.ifNoneExist ? { ifNoneExist: changes.ifNoneExist } : {}),
        },
      },
      {
        fullUrl: 'urn:uuid:33333333-3333-4333-8333-333333333333',
        resource: {
          resourceType: 'Task',
          status: 'requested',
          intent: 'order',
          code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
          focus: { reference: 'urn:uuid:22222222-2222-4222-8222-222222222222' },
          for: { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111' },
          description: '首诊转上级',
          ...changes.task,
        },
        request: post('Task'),
      },
    ],
  };
}
