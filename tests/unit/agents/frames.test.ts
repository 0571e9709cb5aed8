import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { AgentFrame, Envelope, parseFrame, readFrame } from '../../../lib/agents/index.ts';

const key = 'A'.repeat(43);
const hello = { type: 'hello', publicKey: key, signature: 'A'.repeat(86) };

describe('a frame', () => {
  test('is read by its type', () => {
    expect(parseFrame(AgentFrame, JSON.stringify(hello))).toEqual(hello);
    const call = { type: 'call', id: 0, tool: 'list_data', arguments: {} };
    expect(readFrame(AgentFrame, call)).toEqual(call);
  });

  test.each([
    ['of another type', { type: 'answer', id: 1, answer: {} }],
    ['with a member too many', { ...hello, admin: true }],
    ['with a key that is none', { ...hello, publicKey: 'x' }],
    ['with a signature in other letters', { ...hello, signature: '+'.repeat(86) }],
    ['with a tool that there is not', { type: 'call', id: 1, tool: 'export_all', arguments: {} }],
    ['with an id below zero', { type: 'cancel', id: -1 }],
    ['with half an id', { type: 'cancel', id: 0.5 }],
    ['with a name of a book', { type: 'pair.begin', publicKey: key, commitment: key, name: 'x'.repeat(81) }],
    ['that is a list', []],
    ['that is nothing', null],
  ])('%s is refused', (_, frame) => {
    expect(() => readFrame(AgentFrame, frame)).toThrow('no frame');
  });

  test('that is no JSON is refused', () => {
    expect(() => parseFrame(AgentFrame, '{"type":')).toThrow('no JSON');
  });
});

describe('an envelope', () => {
  test('says under which name the host listens', () => {
    expect(v.is(Envelope, { kind: 'installed', installation: '0123456789abcdef' })).toBe(true);
  });

  test.each(['', '0123456789abcde', '0123456789ABCDEF', '../../../etc/sshd', '0123456789abcdef\n'])(
    'has no name such as %j',
    (installation) => {
      expect(v.is(Envelope, { kind: 'installed', installation })).toBe(false);
    },
  );
});
