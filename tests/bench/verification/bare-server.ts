/** A server that reads what it is sent and answers 200: what HTTP costs without us. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = JSON.stringify({ valid: true, claims: { age_over_21: true }, issuer: 'https://issuer.example' });

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length }).end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port)); // listening on a port
