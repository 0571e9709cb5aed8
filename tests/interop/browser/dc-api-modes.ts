import { describe, expect, test } from 'vitest';
import { clickNamed, deny, text, untilSays } from '../../e2e/setup/harness.ts';
import { ended } from '../../e2e/page-calls.ts';
import type { DcApiDesk } from './dc-api-desk.ts';
import type { Identity, Lie, Shown } from './foreign-verifier.ts';
import { freshNonce, only } from './foreign-verifier.ts';
import { SHARED_SECRET, withKeys } from './lies.ts';
import { PAYMENT, WORDS } from './transactions.ts';

/** Takes a verifier that is not Signet's through the Digital Credentials API of a browser with Signet, in every mode. */
export function describeDcApiModes(desk: DcApiDesk): void {
  const IN_FULL = ['nobody', 'x509_hash', 'x509_san_dns', 'both'] as const;
  describe.each<Identity>(IN_FULL)('asking as %s', (identity) => {
    test.each([undefined, 'A128GCM'] as const)('is answered, encrypted by %s', async (enc) => {
      const { question, answer } = await desk.asked({ identity, ...(enc !== undefined && { enc }) });
      expect(only(await question.verify(answer)).disclosed).toEqual({ age_over_21: true });
    });

    test('is agreed with about a payment, encrypted by A256GCM', async () => {
      const question = await desk.verifier.ask({ identity, transactions: [PAYMENT], enc: 'A256GCM' });
      const consent = await desk.askInWindow([question.call]);
      await untilSays(consent, 'Corner Shop');
      const answer = await desk.allow(consent);
      expect((await question.verify(answer)).agreed).toHaveLength(1);
    });
  });

  const CHARTER = { format: 'org.example.charter', data: { member_of: 'Guild of Wine Merchants' } };
  test.each(['nobody', 'x509_hash', 'both'] as const)(
    'what a site says of itself (as %s) is quoted, and not believed',
    async (identity) => {
      const question = await desk.verifier.ask({ identity, verifierInfo: [CHARTER] });
      const consent = await desk.askInWindow([question.call]);
      await clickNamed(consent, text('verifier_info'));
      await untilSays(consent, text('verifier_info_unchecked'));
      await untilSays(consent, CHARTER.data.member_of);
      await question.verify(await desk.allow(consent));
    },
  );

  test('words are agreed to as they stand there, and a payment with them', async () => {
    const question = await desk.verifier.ask({ identity: 'x509_hash', transactions: [WORDS, PAYMENT] });
    const consent = await desk.askInWindow([question.call]);
    await untilSays(consent, WORDS.text);
    expect((await question.verify(await desk.allow(consent))).agreed).toHaveLength(2);
  });
}

/** Asks as any site does, whoever has written its requests. */
export function describeVisits(desk: DcApiDesk): void {
  describe('a site', () => {
    test('gets all that it asked for and nothing besides', async () => {
      const { question, answer } = await desk.asked({ claims: ['given_name', 'age_over_18'] });
      expect(only(await question.verify(answer)).disclosed).toEqual({ given_name: 'Ada', age_over_18: true });
    });

    test('hears NotAllowedError where the person says no', async () => {
      await deny(await desk.askInWindow([(await desk.verifier.ask()).call]));
      expect(await ended(desk.page, 'get')).toMatchObject({ name: 'NotAllowedError' });
    });

    test('is answered by the first of its requests that can be', async () => {
      const question = await desk.verifier.ask({ identity: 'x509_hash' });
      const unknown = { protocol: 'org.example.unheard-of', data: {} };
      const answer = await desk.allow(await desk.askInWindow([unknown, question.call]));
      expect(only(await question.verify(answer)).disclosed).toEqual({ age_over_21: true });
    });

    test('is answered unsigned where the wallet does not know who signed', async () => {
      const payload: Lie = (honest) => ({ ...honest, client_id: 'unheard_of:shop' });
      const unknown = await desk.verifier.ask({ identity: 'x509_hash', payload });
      const question = await desk.verifier.ask();
      await question.verify(await desk.allow(await desk.askInWindow([unknown.call, question.call])));
    });

    test('is answered to the one of its keys that the wallet can use', async () => {
      const payload = withKeys((keys) => [SHARED_SECRET, { ...keys[0], crv: 'P-521', kid: 'other' }, ...keys]);
      const { question, answer } = await desk.asked({ enc: 'A128GCM', payload });
      await question.verify(answer);
    });

    test('that asks unsigned is not believed in what only signed requests may say', async () => {
      const said = { client_id: 'x509_san_dns:bank.example', expected_origins: ['https://bank.example'], state: 'x' };
      const question = await desk.verifier.ask({ payload: (honest) => ({ ...honest, ...said }) });
      const consent = await desk.askInWindow([question.call]);
      expect(await consent.evaluate(() => document.body.innerText)).not.toContain('bank.example');
      await question.verify(await desk.allow(consent));
    });
  });

  describe('a replay', () => {
    test('is seen: two answers to one nonce have keys, and all else that tells copies apart, of their own', async () => {
      const nonce = freshNonce();
      const first = await desk.asked({ nonce });
      const second = await desk.asked({ nonce });
      const one = only(await first.question.verify(first.answer));
      const other = only(await second.question.verify(second.answer));
      expect(one.holder).not.toBe(other.holder);
      const [ours, theirs] = [partsOf(one), partsOf(other)];
      expect(ours.filter((part) => theirs.includes(part))).toEqual([]);
    });

    test('of an answer is refused by whoever asked something else', async () => {
      const { answer } = await desk.asked({});
      const again = await desk.verifier.ask();
      await expect(again.verify(answer)).rejects.toThrow();
    });

    test('at another site is refused there, though it wrote the request and has the answer', async () => {
      const question = await desk.another({ origin: 'https://bank.example' }).ask();
      const answer = await desk.allowed(question);
      await expect(question.verify(answer)).rejects.toThrow(/another audience/);
    });
  });
}

/** All that tells one copy from another: signature, digests, disclosures, binding. The times are those of many. */
function partsOf({ presentation }: Shown): string[] {
  const [jwt = '', ...rest] = presentation.split('~');
  const [, payload = '', signature = ''] = jwt.split('.');
  const { _sd = [] } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly _sd?: readonly string[] }; // an SD-JWT's
  return [signature, ..._sd, ...rest];
}
