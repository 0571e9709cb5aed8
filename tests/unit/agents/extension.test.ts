import { describe, expect, test } from 'vitest';
import { EXTENSION_KEY, extensionIdOf } from '../../../lib/agents/index.ts';

describe('the id of the extension', () => {
  test('is what browsers make of its key', () => {
    expect(extensionIdOf(EXTENSION_KEY)).toBe('bcbdfnmmihffocjebmenmfainokkdboo');
  });

  test('is another for another key', () => {
    expect(extensionIdOf('AAAA')).not.toBe(extensionIdOf(EXTENSION_KEY));
  });
});
