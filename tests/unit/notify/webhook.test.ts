import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../lib/core/index.ts';
import type { SigningSecret, VerifyingKey, WebhookHeaders } from '../../../lib/notify/index.ts';
import {
  ReplayCache,
  TOLERANCE,
  forgetSecret,
  newHmacSecret,
  newSigningKey,
  parseSigningSecret,
  parseVerifyingKey,
  signWebhook,
  spellPublicKey,
  spellSecret,
  verifyWebhook,
} from '../../../lib/notify/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 50);
const NOW = 1_674_087_231_000;
const MESSAGE = { id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', at: NOW, body: '{"type":"contact.created"}' };

const keyOf = (secret: SigningSecret): VerifyingKey =>
  parseVerifyingKey(spellPublicKey(secret) ?? spellSecret(secret), 'key');

const verify = (
  headers: WebhookHeaders | Record<string, string>,
  keys: readonly VerifyingKey[],
  { body = MESSAGE.body, now = NOW, seen = new ReplayCache() } = {},
) => {
  const verified = verifyWebhook(new Headers(headers), body, { keys, now, seen });
  return verified.valid ? 'valid' : verified.reason;
};

describe('a secret', () => {
  test.each([newHmacSecret(), newSigningKey()])('of scheme $scheme comes back from its spelling', (secret) => {
    const headers = signWebhook(MESSAGE, [parseSigningSecret(spellSecret(secret), 'secret')]);
    expect(headers).toEqual(signWebhook(MESSAGE, [secret]));
  });

  test('of Ed25519 is taken with its public half behind it, as other libraries write it', () => {
    const secret = newSigningKey();
    const [seed, publicHalf] = [spellSecret(secret), spellPublicKey(secret) ?? ''].map((t) =>
      Buffer.from(t.slice(5), 'base64'),
    );
    const long = `whsk_${Buffer.concat([seed ?? Buffer.of(), publicHalf ?? Buffer.of()]).toString('base64')}`;
    expect(spellSecret(parseSigningSecret(long, 'secret'))).toBe(spellSecret(secret));
  });

  test('has no public half with HMAC', () => {
    expect(spellPublicKey(newHmacSecret())).toBeUndefined();
  });

  test('is never printed or serialised, and signs nothing once it is forgotten', () => {
    const secret = newHmacSecret();
    expect(() => JSON.stringify(secret)).toThrow();
    forgetSecret(secret);
    expect(() => signWebhook(MESSAGE, [secret])).toThrow();
  });

  const bytes = (length: number) => toBase64(new Uint8Array(length).fill(7));
  test.each([
    ['without a prefix', bytes(32)],
    ['that is a public key', `whpk_${bytes(32)}`],
    ['of 23 bytes', `whsec_${bytes(23)}`],
    ['of 65 bytes', `whsec_${bytes(65)}`],
    ['in base64url', 'whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_'],
    ['with white space', `whsec_${bytes(32).slice(0, 20)} ${bytes(32).slice(20)}`],
    ['without padding', `whsec_${bytes(32).replace('=', '')}`],
    ['with loose bits', `whsec_${bytes(32).replace(/.=$/, 'd=')}`],
    ['of Ed25519 with 31 bytes', `whsk_${bytes(31)}`],
    ['of Ed25519 with another public half', `whsk_${bytes(64)}`],
    ['of Ed25519 with half a public half', `whsk_${bytes(48)}`],
    ['that is empty', 'whsec_'],
  ])('%s is refused, naming the field', (_, text) => {
    expect(() => parseSigningSecret(text, 'secret')).toThrow(expect.objectContaining({ field: 'secret' }));
  });

  test.each([
    ['a private key', `whsk_${bytes(32)}`],
    ['no point of the curve', `whpk_${toBase64(new Uint8Array(32).fill(2))}`],
    ['a point of small order', `whpk_${toBase64(Uint8Array.from([1, ...new Uint8Array(31)]))}`],
    ['a key of 33 bytes', `whpk_${bytes(33)}`],
  ])('%s verifies nothing', (_, text) => {
    expect(() => parseVerifyingKey(text, 'key')).toThrow(expect.objectContaining({ field: 'key' }));
  });
});

describe('a webhook', () => {
  test('has the signature that the specification gives for HMAC', () => {
    // The example of the reference libraries; `openssl dgst -sha256 -mac HMAC` over `id.timestamp.body` gives it too.
    const secret = parseSigningSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'secret');
    const headers = signWebhook(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' },
      [secret],
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('is signed by each secret of a rotation, and verifies with either, or with both', () => {
    const secrets = [newSigningKey(), newHmacSecret()];
    const headers = signWebhook(MESSAGE, secrets);
    expect(headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}== v1,[A-Za-z0-9+/]{43}=$/);
    const keys = secrets.map(keyOf);
    expect([...keys.map((key) => verify(headers, [key])), verify(headers, keys)]).toEqual(['valid', 'valid', 'valid']);
  });

  test.each([newHmacSecret(), newSigningKey()])('of scheme $scheme does not verify with another key', (secret) => {
    expect(verify(signWebhook(MESSAGE, [secret]), [keyOf(newHmacSecret()), keyOf(newSigningKey())])).toBe(
      'bad_signature',
    );
  });

  test('whose every part stands under the signature: one changed character is enough', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(newHmacSecret(), newSigningKey()),
        fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature', 'body'),
        fc.nat(),
        (secret, part, at) => {
          const headers: Record<string, string> = signWebhook(MESSAGE, [secret]);
          const whole = part === 'body' ? MESSAGE.body : (headers[part] ?? '');
          const i = at % whole.length;
          const changed = whole.slice(0, i) + (whole[i] === '1' ? '2' : '1') + whole.slice(i + 1);
          const verdict =
            part === 'body'
              ? verify(headers, [keyOf(secret)], { body: changed })
              : verify({ ...headers, [part]: changed }, [keyOf(secret)]);
          expect(verdict).not.toBe('valid');
        },
      ),
      { numRuns },
    );
  });

  test('is taken up to five minutes off, either way, and no further', () => {
    const secret = newHmacSecret();
    const headers = signWebhook(MESSAGE, [secret]);
    const at = (now: number) => verify(headers, [keyOf(secret)], { now });
    expect([NOW + TOLERANCE, NOW + TOLERANCE + 1, NOW - TOLERANCE, NOW - TOLERANCE - 1].map(at)).toEqual([
      ...['valid', 'too_old', 'valid', 'too_new'],
    ]);
  });

  test('with signatures of a version that is not known beside a good one verifies', () => {
    const secret = newHmacSecret();
    const headers = signWebhook(MESSAGE, [secret]);
    const list = `v2,abc v1b ,, ${headers['webhook-signature']}`;
    expect(verify({ ...headers, 'webhook-signature': list }, [keyOf(secret)])).toBe('valid');
  });

  const secret = newHmacSecret();
  const good = signWebhook(MESSAGE, [secret]);
  test.each<[string, Record<string, string>, string]>([
    ['without an id', { 'webhook-id': '' }, 'malformed'],
    ['with a full stop in its id', { 'webhook-id': 'msg.1' }, 'malformed'],
    ['with an endless id', { 'webhook-id': 'a'.repeat(129) }, 'malformed'],
    ['without a time', { 'webhook-timestamp': '' }, 'malformed'],
    ['with a time that goes on', { 'webhook-timestamp': `${NOW / 1000}.5` }, 'malformed'],
    ['with a time in words', { 'webhook-timestamp': '1e9' }, 'malformed'],
    ['with a negative time', { 'webhook-timestamp': '-1674087231' }, 'malformed'],
    ['without a signature', { 'webhook-signature': '' }, 'bad_signature'],
    [
      'with the signature of another scheme’s name',
      { 'webhook-signature': good['webhook-signature'].replace('v1', 'v1a') },
      'bad_signature',
    ],
    ['with a bare signature', { 'webhook-signature': good['webhook-signature'].slice(3) }, 'bad_signature'],
    ['with nine signatures', { 'webhook-signature': Array(9).fill('v1,AAAA').join(' ') }, 'malformed'],
    ['with a book of signatures', { 'webhook-signature': `v1,${'A'.repeat(2000)}` }, 'malformed'],
  ])('%s is refused', (_, changes, reason) => {
    expect(verify({ ...good, ...changes }, [keyOf(secret)])).toBe(reason);
  });

  test('is not signed under an id that could be read in two ways, nor by nobody', () => {
    expect(() => signWebhook({ ...MESSAGE, id: 'a.1' }, [secret])).toThrow(expect.objectContaining({ field: 'id' }));
    expect(() => signWebhook(MESSAGE, [])).toThrow(expect.objectContaining({ field: 'secrets' }));
  });
});

describe('a webhook that comes again', () => {
  const secret = newHmacSecret();
  const keys = [keyOf(secret)];
  const sent = (id: string, at = NOW) => signWebhook({ ...MESSAGE, id, at }, [secret]);

  test('is refused, sent as it was or signed anew', () => {
    const seen = new ReplayCache();
    expect(verify(sent('a'), keys, { seen })).toBe('valid');
    expect(verify(sent('a'), keys, { seen })).toBe('replayed');
    expect(verify(sent('a', NOW + 1000), keys, { seen, now: NOW + 1000 })).toBe('replayed');
  });

  test('is refused for as long as its time would be taken', () => {
    fc.assert(
      fc.property(fc.integer({ min: -TOLERANCE, max: TOLERANCE }), fc.nat(3 * TOLERANCE), (early, later) => {
        const seen = new ReplayCache();
        const headers = sent('a', NOW + early);
        const first = verify(headers, keys, { seen });
        expect(verify(headers, keys, { seen, now: NOW + later })).not.toBe(first === 'valid' ? 'valid' : '');
      }),
      { numRuns },
    );
  });

  test('is refused when the clock was put ahead and back', () => {
    const seen = new ReplayCache();
    expect(verify(sent('a'), keys, { seen })).toBe('valid');
    expect(verify(sent('b', NOW + 3_600_000), keys, { seen, now: NOW + 3_600_000 })).toBe('valid');
    expect(verify(sent('a'), keys, { seen })).toBe('too_old');
  });

  test('was not taken when it was forged first: its id is still free', () => {
    const seen = new ReplayCache();
    const forged = { ...sent('a'), 'webhook-signature': `v1,${toBase64(new Uint8Array(32))}` };
    expect(verify(forged, keys, { seen })).toBe('bad_signature');
    expect(seen.size).toBe(0);
    expect(verify(sent('a'), keys, { seen })).toBe('valid');
  });

  test('is not forgotten to make room: a full cache refuses what is new, until there is room again', () => {
    const seen = new ReplayCache(2);
    expect(['a', 'b', 'c', 'a'].map((id) => verify(sent(id), keys, { seen }))).toEqual([
      ...['valid', 'valid', 'full', 'replayed'],
    ]);
    const later = NOW + 2 * TOLERANCE + 1;
    expect(verify(sent('c', later), keys, { seen, now: later })).toBe('valid');
    expect(seen.size).toBe(1);
  });
});
