import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A native host of one test: it hands what the browser says to the test, a line each, and what the test says to the browser.
 * Native messaging puts the length of a message before it: four bytes in the machine's own order.
 */
const [, , path = ''] = process.argv;
const test = connect(path);

let held = Buffer.alloc(0);
process.stdin.on('data', (chunk: Buffer) => {
  held = Buffer.concat([held, chunk]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32LE(0)) {
    const end = 4 + held.readUInt32LE(0);
    test.write(`${held.subarray(4, end).toString()}\n`);
    held = held.subarray(end);
  }
});
process.stdin.on('end', () => process.exit());
test.on('close', () => process.exit());
createInterface({ input: test }).on('line', (line) => {
  const body = Buffer.from(line);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  process.stdout.write(Buffer.concat([length, body]));
});
