import { PublicProtocol } from 'paseto';
import { ImportSecretKeyFactory, SignFactory } from 'paseto/v4/public';
import { expect, test } from 'vitest';
import type { PublicPaserk } from '../../lib/capabilities/index.ts';
import {
  formatPublicPaserk,
  isTokenSignedBy,
  parsePublicPaserk,
  parseSignedToken,
  publicKeyId,
  signToken,
  signingKeyOf,
  splitToken,
} from '../../lib/capabilities/index.ts';
import {
  SecretBytes,
  canonicalJsonBytes,
  concatBytes,
  fromHex,
  toBase64url,
  toHex,
  utf8,
} from '../../lib/core/index.ts';
import { collectVectors, describeVectors, readVectorJson } from './vectors.ts';

interface TokenVector {
  readonly name: string;
  readonly 'expect-fail': boolean;
  readonly 'public-key'?: string;
  readonly 'secret-key'?: string;
  readonly 'secret-key-seed'?: string;
  readonly key?: string;
  readonly token: string;
  readonly payload: string | null;
  readonly footer: string;
  readonly 'implicit-assertion': string;
}

interface KeyVector {
  readonly name: string;
  readonly 'expect-fail': boolean;
  readonly key: string;
  readonly paserk: string | null;
}

// The shapes of the published files.
const tokens = collectVectors(() => (readVectorJson('paseto', 'v4.json') as { tests: TokenVector[] }).tests);
const keys = (type: string): readonly KeyVector[] =>
  collectVectors(() => (readVectorJson('paseto', 'PASERK', `k4.${type}.json`) as { tests: KeyVector[] }).tests);

const MAX = 4096;
const signed = tokens.filter(({ name }) => name.startsWith('4-S-'));
const refused = tokens.filter((vector) => vector['expect-fail']);

const publicKeyOf = ({ 'public-key': hex = '' }: TokenVector): PublicPaserk => formatPublicPaserk(fromHex(hex));

describeVectors('PASETO v4.public', () => {
  test('has all vectors: three signed, five that must fail', () => {
    expect(signed.map(({ name }) => name)).toEqual(['4-S-1', '4-S-2', '4-S-3']);
    expect(refused.map(({ name }) => name)).toEqual(['4-F-1', '4-F-2', '4-F-3', '4-F-4', '4-F-5']);
  });

  test.each(signed)('$name is signed by its key, with its implicit assertion', async (vector) => {
    expect(
      await isTokenSignedBy(splitToken(vector.token, 'token', MAX), publicKeyOf(vector), vector['implicit-assertion']),
    ).toBe(true);
  });

  test.each(signed)('$name is not signed by it with another implicit assertion', async (vector) => {
    const other = `${vector['implicit-assertion']} `;
    expect(await isTokenSignedBy(splitToken(vector.token, 'token', MAX), publicKeyOf(vector), other)).toBe(false);
  });

  test.each(signed)('$name is not signed by another key', async (vector) => {
    const other = signingKeyOf(SecretBytes.take(new Uint8Array(32).fill(7))).publicKey;
    expect(await isTokenSignedBy(splitToken(vector.token, 'token', MAX), other, vector['implicit-assertion'])).toBe(
      false,
    );
  });

  test.each(signed.filter(({ footer }) => footer !== ''))('$name is read as it was written', (vector) => {
    const { payload, kid } = parseSignedToken(vector.token, 'token', MAX);
    expect(payload).toEqual(JSON.parse(vector.payload ?? ''));
    expect(JSON.stringify({ kid })).toBe(vector.footer);
  });

  test.each(signed)('$name is what its seed signs, byte for byte', async (vector) => {
    const secret = new PublicProtocol(ImportSecretKeyFactory, SignFactory);
    const key = await secret.ImportSecretKey(`k4.secret.${toBase64url(fromHex(vector['secret-key'] ?? ''))}`);
    const claims = JSON.parse(vector.payload ?? '') as Record<string, string>; // the vectors' payloads hold strings
    const made = await secret.Sign(key, claims, {
      footer: utf8(vector.footer),
      implicitAssertion: utf8(vector['implicit-assertion']),
      addIssuedAt: false,
    });
    expect(made).toBe(vector.token);
  });

  test.each(signed)('the seed of $name signs here as WebCrypto signs', async (vector) => {
    const ours = signingKeyOf(SecretBytes.take(fromHex(vector['secret-key-seed'] ?? '')));
    expect(ours.publicKey).toBe(publicKeyOf(vector));
    const claims = JSON.parse(vector.payload ?? '') as Record<string, string>; // the vectors' payloads hold strings
    const secret = new PublicProtocol(ImportSecretKeyFactory, SignFactory);
    const key = await secret.ImportSecretKey(`k4.secret.${toBase64url(fromHex(vector['secret-key'] ?? ''))}`);
    const theirs = await secret.Sign(key, claims, {
      footer: canonicalJsonBytes({ kid: publicKeyId(ours.publicKey) }),
      implicitAssertion: utf8(vector['implicit-assertion']),
      addIssuedAt: false,
    });
    expect(await signToken(claims, ours, vector['implicit-assertion'])).toBe(theirs);
  });

  test.each(refused.filter(({ token }) => !token.startsWith('v4.public')))('$name is no token here', ({ token }) => {
    expect(() => splitToken(token, 'token', MAX)).toThrow('v4.public');
  });

  test('4-F-2, a public token for a key of another purpose, is not signed by that key', async () => {
    const [vector, ...others] = refused.filter(({ token }) => token.startsWith('v4.public'));
    expect([vector?.name, others]).toEqual(['4-F-2', []]);
    const parts = splitToken(vector?.token ?? '', 'token', MAX);
    const key = formatPublicPaserk(fromHex(vector?.key ?? ''));
    expect(await isTokenSignedBy(parts, key, vector?.['implicit-assertion'] ?? '')).toBe(false);
    for (const other of signed) {
      expect(await isTokenSignedBy(parts, publicKeyOf(other), vector?.['implicit-assertion'] ?? '')).toBe(false);
    }
  });

  test.each(tokens.filter(({ token }) => token.startsWith('v4.local')))(
    '$name, encrypted, is no token here',
    (vector) => {
      expect(() => parseSignedToken(vector.token, 'token', MAX)).toThrow('v4.public');
    },
  );
});

describeVectors('PASERK', () => {
  test.each(keys('public').filter((vector) => !vector['expect-fail']))('$name is written and read', (vector) => {
    const paserk = formatPublicPaserk(fromHex(vector.key));
    expect(paserk).toBe(vector.paserk);
    expect(toHex(parsePublicPaserk(paserk, 'key'))).toBe(vector.key);
  });

  test.each(keys('pid').filter((vector) => !vector['expect-fail']))('$name is the id of its key', (vector) => {
    expect(publicKeyId(formatPublicPaserk(fromHex(vector.key)))).toBe(vector.paserk);
  });

  test.each([...keys('public'), ...keys('pid')].filter((vector) => vector['expect-fail']))(
    '$name is refused',
    ({ key }) => {
      expect(() => formatPublicPaserk(fromHex(key))).toThrow('PASERK');
    },
  );

  test.each(keys('secret').filter((vector) => !vector['expect-fail']))(
    '$name is its seed and what follows from it',
    (vector) => {
      const seed = fromHex(vector.key).slice(0, 32);
      const key = signingKeyOf(SecretBytes.take(seed));
      const whole = concatBytes(seed, parsePublicPaserk(key.publicKey, 'key'));
      expect(`k4.secret.${toBase64url(whole)}`).toBe(vector.paserk);
    },
  );

  test.each([
    ['another version', 'k3.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8'],
    ['a secret key', 'k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8'],
    ['loose trailing bits', 'k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo9'],
    ['padding', 'k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8='],
    ['a newline', 'k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8\n'],
    ['a byte too few', 'k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yN'],
  ])('%s is no public key', (_, paserk) => {
    expect(() => parsePublicPaserk(paserk, 'key')).toThrow('PASERK');
  });
});
