import { describe, expect, test } from 'vitest';
import { toHex, utf8 } from '../../../../lib/core/index.ts';
import { Transcript } from '../../../../lib/proofs/range/index.ts';

describe('a transcript', () => {
  test("gives the challenge of Merlin's own test", () => {
    const transcript = new Transcript('test protocol');
    transcript.append('some label', utf8('some data'));
    expect(toHex(transcript.challengeBytes('challenge', 32))).toBe(
      'd5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615',
    );
  });

  const challengeOf = (write: (transcript: Transcript) => void, label = 'a'): bigint => {
    const transcript = new Transcript('a test');
    write(transcript);
    return transcript.challengeScalar(label);
  };

  test('gives one challenge for one course of messages, also over many blocks', () => {
    const write = (transcript: Transcript): void => {
      for (let i = 0; i < 20; i++) transcript.append('m', new Uint8Array(i * 13).fill(i));
    };
    expect(challengeOf(write)).toBe(challengeOf(write));
  });

  test('gives others when messages are cut elsewhere, called otherwise, reordered, or drawn by another name', () => {
    const challenges = [
      challengeOf((t) => {
        t.append('m', utf8('ab'));
        t.append('m', utf8('c'));
      }),
      challengeOf((t) => {
        t.append('m', utf8('a'));
        t.append('m', utf8('bc'));
      }),
      challengeOf((t) => {
        t.append('m', utf8('abc'));
      }),
      challengeOf((t) => {
        t.append('n', utf8('abc'));
      }),
      challengeOf((t) => {
        t.append('m', utf8('c'));
        t.append('m', utf8('ab'));
      }),
      challengeOf((t) => {
        t.append('m', utf8('abc'));
      }, 'b'),
      challengeOf(() => undefined),
    ];
    expect(new Set(challenges).size).toBe(challenges.length);
  });
});
