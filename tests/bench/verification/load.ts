/** `node load.ts URL BODIES CONNECTIONS [RATE]`: sends each line of a file once, and says in JSON how that went. */
import { readFile } from 'node:fs/promises';
import autocannon from 'autocannon';

const [url = '', file = '', connections = '', rate] = process.argv.slice(2);
const bodies = (await readFile(file, 'utf8')).trimEnd().split('\n');
let next = 0;
let valid = 0;
const started = performance.now();
const result = await autocannon({
  url,
  connections: Number(connections),
  amount: bodies.length,
  ...(rate !== undefined && { overallRate: Number(rate) }),
  requests: [
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      setupRequest: (request) => ({ ...request, body: bodies[next++] ?? '{}' }),
    },
  ],
  setupClient: (client) => client.on('body', (body) => (valid += body.includes('"valid":true') ? 1 : 0)),
});
const seconds = (performance.now() - started) / 1000;
const { p50, p99 } = result.latency;
console.log(
  JSON.stringify({ perSecond: bodies.length / seconds, p50, p99, valid, failed: result.non2xx + result.errors }),
);
