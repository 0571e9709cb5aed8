import type { Known, VerifierKey } from '../../lib/audit/verifying/index.ts';
import { checkpointIn, parseVerifierKey } from '../../lib/audit/verifying/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';
import { readText } from '../read-text.ts';
import { whileWorking } from '../terminal.ts';
import { verifyLog } from '../verify-log.ts';

export const verifyLogCommand = defineCommand({
  operands: 'FILE',
  options: {
    against: {
      type: 'string',
      value: 'CHECKPOINT_FILE',
      about: 'a file with an earlier checkpoint of the same log (or an earlier export or proof)',
    },
    key: { type: 'string', value: 'VERIFIER_KEY', about: "the log's verifier key, from a source that you trust" },
  },
  notes: [
    'FILE may be - for standard input.',
    'Exits with 0 when all that was asked for is shown, 1 when it is not, 2 when it cannot be tried.',
  ],
  async run({ operands: [file = ''], values: { against, key, json } }) {
    if (file === '-' && against === '-') throw new UsageError('Standard input cannot be both files.');
    const known: Known = {
      key: key === undefined ? undefined : keyIn(key),
      against: against === undefined ? undefined : checkpointOf(against),
    };
    const { good, lines } = await whileWorking('Checking the log', () => verifyLog(readText(file), known));
    if (json) printJson({ good, lines });
    else printLines(lines);
    return good ? EXIT.good : EXIT.bad;
  },
});

function keyIn(text: string): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (cause) {
    throw new SignetError('bad_request', `--key: ${SignetError.from(cause).message}`, { cause });
  }
}

function checkpointOf(file: string): string {
  const { text } = readText(file);
  try {
    return checkpointIn(text);
  } catch (cause) {
    throw new SignetError('bad_request', `--against: ${SignetError.from(cause).message}`, { cause });
  }
}
