import { bridgeFolders } from '../agents/folders.ts';
import { NativeHost } from '../agents/native-host.ts';
import { EXTENSION_KEY, extensionIdOf } from '../../lib/agents/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';

export const nativeHostCommand = defineCommand({
  operands: '[ORIGIN]',
  options: {
    'parent-window': { type: 'string', value: 'HANDLE', about: 'what browsers on Windows add; not used' },
  },
  notes: [
    'ORIGIN is the extension that the browser starts it for: it serves Signet alone.',
    'Speaks native messaging on standard input and output, and ends with them.',
    'Exits with 0 then, 2 when there can be no socket.',
  ],
  async run({ operands: [origin] }) {
    if (origin !== `chrome-extension://${extensionIdOf(EXTENSION_KEY)}/`)
      throw new SignetError('denied', 'A browser starts this, for Signet alone.');
    const [folder = ''] = bridgeFolders().sockets;
    const ended = new AbortController();
    const end = (): void => ended.abort();
    process.once('SIGTERM', end).once('SIGINT', end);
    await new NativeHost({ input: process.stdin, output: process.stdout }, folder).run(ended.signal);
    return EXIT.good;
  },
});
