/**
 * The second baseline: bare Fastify and SQLite that does what any durable gateway must: store the request, forward it,
 * store the answer, with the writes of all requests in flight in one commit. What it forwards and stores is as long as
 * what the gateway does. No validation, signing, encryption, audit, access control or log.
 */
import Fastify from 'fastify';
import { serveBare } from '../bare.ts';
import { answered, exchange } from '../bare-exchanges.ts';

/** The insurer's envelope around the input, as text that never changes. */
const ENVELOPE =
  '{"infno":"1101","msgid":"H11111100001202603020900000001","mdtrtarea_admvs":"111111","insuplc_admdvs":"",' +
  '"recer_sys_code":"FSI","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"","infver":"V1.0","opter_type":"1",' +
  '"opter":"001","opter_name":"收费员","inf_time":"2026-03-02 09:00:00","fixmedins_code":"H11111100001",' +
  '"fixmedins_name":"示例卫生院","sign_no":"S0001","input":';

const app = Fastify();
app.post('/', async (request) =>
  exchange(`${ENVELOPE}${JSON.stringify((request.body as { input: unknown }).input)}}`),
);
await serveBare(app, answered);
