import type { Checkpoint, Known, LogProblem, Standing, VerifierKey } from '../lib/audit/verifying/index.ts';
import { formatVerifierKey, verifyExport, verifyProof } from '../lib/audit/verifying/index.ts';
import { printable } from './printable.ts';
import type { FileText } from './read-text.ts';

/** What checking a file came to: lines for people, and whether all that was asked for is shown. */
export interface Verdict {
  readonly good: boolean;
  readonly lines: readonly string[];
}

/**
 * Checks an exported log or the proof of one entry, and says what that shows and what it does not.
 * @throws SignetError bad_request when what it is held against is no checkpoint of that log
 */
export function verifyLog({ text, isUtf8 }: FileText, known: Known): Verdict {
  const verdict = text.startsWith('c2sp.org/tlog-proof@') ? proofVerdict(text, known) : exportVerdict(text, known);
  if (isUtf8 || !verdict.good) return verdict;
  return bad({ seq: 0, kind: 'unreadable', message: 'The file holds bytes that are no text.' });
}

function exportVerdict(text: string, known: Known): Verdict {
  const check = verifyExport(text, known);
  if (!check.ok) return bad(check.problem);
  const { first, end, checkpoint, key, against } = check;
  const entries = first === end ? 'no entry' : `entries ${first} to ${end - 1}`;
  const pruned = first === 0 ? [] : [`The entries before ${first} were pruned; the checkpoint covers them unseen.`];
  return {
    good: against !== 'not_comparable',
    lines: [
      `Consistent: ${entries} stand unchanged and in their order, as signed on ${stamp(checkpoint)}.`,
      ...pruned,
      ...signer(key, known),
      ...standing(against, checkpoint),
      'Not proven: that the log is complete. What was never written into it leaves no gap.',
    ],
  };
}

function proofVerdict(text: string, known: Known): Verdict {
  const check = verifyProof(text, known);
  if (!check.ok) return bad(check.problem);
  const { entry, checkpoint, key, against } = check;
  const about = [entry.subject, entry.claims.join(', '), entry.decision].filter((part) => part !== '').map(printable);
  return {
    good: against !== 'not_comparable',
    lines: [
      `Included: entry ${entry.seq} is in the log of ${checkpoint.size} entries signed on ${stamp(checkpoint)}.`,
      `It says: ${[`${new Date(entry.time).toISOString()} ${entry.kind}`, ...about].join(' · ')}`,
      ...signer(key, known),
      ...standing(against, checkpoint),
      'Not proven: that the log is complete, or anything about its other entries.',
    ],
  };
}

function bad({ seq, kind, message }: LogProblem): Verdict {
  return { good: false, lines: [`Bad: entry ${seq}, ${kind.replace('_', ' ')}.`, printable(message)] };
}

function signer(key: VerifierKey, known: Known): readonly string[] {
  const signed = `Signed by ${formatVerifierKey(key)}`;
  if (known.key !== undefined) return [`${signed}, the key that was given.`];
  return [
    `${signed}.`,
    'Not proven: whose key that is. The file brought it along; compare it with one you know, or give --key.',
  ];
}

function standing(against: Standing | undefined, { size }: Checkpoint): readonly string[] {
  switch (against) {
    case undefined:
      return ['Not proven: that this is the log seen before. Give --against with an earlier checkpoint.'];
    case 'consistent':
      return ['Consistent with the earlier checkpoint: nothing it covers was changed or taken back.'];
    case 'not_comparable':
      return [
        `Cannot be compared with the earlier checkpoint: this file, of ${size} entries, has too little of what it covers.`,
      ];
  }
}

const stamp = ({ time }: Checkpoint): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
