import { Client } from 'fhir-kit-client';
import type { Test } from 'tap';
import { joined, type TestOrganisation } from '../organisations.ts';
import { type Any, transaction } from './package.ts';
import { faultsOf } from './validators.ts';

export async function clientOf(side: TestOrganisation) {
  const { port } = side.app.server.address() as { port: number };
  return new Client({ baseUrl: `http://127.0.0.1:${port}/fhir`, bearerToken: side.key });
}

/** Asks without a network, and checks that the answer is FHIR whatever it says. */
export async function ask(
  t: Test,
  side: TestOrganisation,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  body?: Any,
  headers: Record<string, string> = {},
) {
  const answer = await side.app.inject({
    method,
    url: `/fhir${url}`,
    headers: {
      authorization: `Bearer ${side.key}`,
      ...(body === undefined ? {} : { 'content-type': contentTypeOf(method) }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  const resource = answer.json() as Any;
  t.same(faultsOf(resource), [], `${method} ${url} answers FHIR`);
  const code =
    resource.resourceType === 'OperationOutcome' ? resource.issue[0].details.coding[0].code : undefined;
  return { status: answer.statusCode, body: resource, headers: answer.headers, code };
}

/** The task at the receiving end of a fresh referral. */
export async function received(t: Test) {
  const { here, there } = await joined(t);
  await ask(t, here, 'POST', '', transaction());
  await here.deliverAll();
  const bundle = (await ask(t, there, 'GET', '/Task')).body;
  return { here, there, task: bundle.entry[0].resource as Any };
}

/** A business status of BSeR. */
export const business = (code: string) => ({
  businessStatus: {
    coding: [{ system: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS', code }],
  },
});
/** A part of a task's output in our codes. */
export const output = (code: string, value: Any) => ({
  type: { coding: [{ system: 'urn:yikatong:fhir:task-output', code }] },
  ...value,
});

function contentTypeOf(method: string): string {
  return method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json';
}
