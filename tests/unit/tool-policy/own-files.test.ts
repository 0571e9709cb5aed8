import { describe, expect, test } from 'vitest';
import { defaults } from './calls.ts';

const FILES = ['signet.js', 'signet-hook.js', 'signet-policy-file.js', 'signet-commands.js', 'package.json'];
const at = (file: string): string => `/usr/lib/node_modules/signet/dist/host/${file}`;

describe('the files that the command is made of are for people to change', () => {
  const say = defaults();

  test.each(FILES)('%s is neither written, edited, replaced nor removed by an agent', (file) => {
    const commands = [
      `echo x > ${at(file)}`,
      `cp /tmp/x ${at(file)}`,
      `rm ${at(file)}`,
      `sed -i s/DENY/ALLOW/ ${at(file)}`,
    ];
    const decisions = [
      say('Write', { file_path: at(file), content: '' }),
      say('Edit', { file_path: at(file) }),
      ...commands.map((command) => say('Bash', { command })),
    ];
    for (const decision of decisions)
      expect(decision).toMatchObject({ verdict: 'DENY', rule: 'protect_signet_binary' });
  });

  test.each([at('signet-hook.js.map'), '/home/u/project/dist/host/server.js', '/home/u/project/package.json'])(
    '%s is none of them',
    (file) => {
      const { rule } = say('Edit', { file_path: file });
      expect(rule).not.toBe('protect_signet_binary');
    },
  );
});
