/** The first baseline: bare Fastify that answers what it was sent. */
import Fastify from 'fastify';

const app = Fastify();
app.post('/', async (request) => request.body);
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(url).port) });
process.on('message', () => process.send?.({ rows: 0 }));
process.on('SIGTERM', () => process.exit(0));
