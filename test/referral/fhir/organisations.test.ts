import t from 'tap';
import { clinic, hospital, organisation } from '../organisations.ts';
import { ask } from './asking.ts';
import type { Any } from './package.ts';

t.test('organisations are found by their code and by the beginning of their name', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const found = async (query: string) => {
    const { body } = await ask(t, here, 'GET', `/Organization${query}`);
    return (body.entry ?? []).map(({ resource }: Any) => resource.id);
  };
  t.same(await found(''), [clinic.code, hospital.code, 'NOLINK0001']);
  t.same(await found(`?identifier=${hospital.code}`), [hospital.code]);
  t.same(await found(`?identifier=urn:yikatong:organisation|${hospital.code}`), [hospital.code]);
  t.same(await found(`?identifier=urn:another|${hospital.code}`), []);
  t.same(await found(`?_id=${clinic.code},NOLINK0001`), [clinic.code, 'NOLINK0001']);
  t.same(await found(`?name=${encodeURIComponent('示范县')}`), [hospital.code]);
  t.same(await found(`?name=${encodeURIComponent('县')}`), []);
  t.equal((await ask(t, here, 'GET', '/Organization?colour=red')).code, 'fhir.parameter');
});
