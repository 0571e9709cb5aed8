import { describe, expect, test } from 'vitest';
import { text, untilSays } from '../../e2e/setup/harness.ts';
import type { DcApiDesk } from './dc-api-desk.ts';
import type { Lie, Question } from './foreign-verifier.ts';
import { only } from './foreign-verifier.ts';
import { runOut, saying, without } from './lies.ts';
import { openRegistry } from './registry.ts';

/** Verifiers that are known by a DID, or by what somebody attests of them (OpenID4VP 1.0 §5.9.3). */
export function describeClientModes(desk: DcApiDesk): void {
  describe('a verifier', () => {
    test('that is a did:jwk is answered, and nobody has to be asked who it is', async () => {
      const question = await desk.verifier.ask({ identity: 'did:jwk' });
      const consent = await desk.askInWindow([question.call]);
      await untilSays(consent, 'did:jwk:');
      await untilSays(consent, text('verifier_unvouched'));
      expect(only(await question.verify(await desk.allow(consent))).disclosed).toEqual({ age_over_21: true });
    });

    test('that is a did:web is answered, once the person let its host be asked', async () => {
      const before = desk.web.received.length;
      const question = await desk.verifier.ask({ identity: 'did:web', enc: 'A128GCM' });
      const consent = await desk.askInWindow([question.call], text('look_up_continue'));
      expect(desk.web.received.slice(before)).toEqual([]);
      await desk.lookUp(consent);
      await untilSays(consent, 'did:web:verifier.example');
      const answer = await desk.allow(consent);
      expect(only(await question.verify(answer)).disclosed).toEqual({ age_over_21: true });
      expect(desk.web.received.slice(before).map(({ path }) => path)).toEqual(['/.well-known/did.json']);
    });

    test('that somebody attests, whom the person trusts, is answered and said to be vouched for', async () => {
      const question = await desk.verifier.ask({ identity: 'verifier_attestation' });
      const consent = await desk.askInWindow([question.call]);
      await untilSays(consent, text('verifier_vouched', 'https://registry.example'));
      expect(only(await question.verify(await desk.allow(consent))).disclosed).toEqual({ age_over_21: true });
    });
  });

  describe('an attestation names nobody', () => {
    test('by somebody whom the person does not trust', async () => {
      const stranger = desk.another({ registry: await openRegistry('Registry of Elsewhere') });
      const attestation = saying({ sub: 'bank.example' });
      const payload = saying({ client_id: 'verifier_attestation:bank.example' });
      await expectUnnamed(await stranger.ask({ identity: 'verifier_attestation', attestation, payload }));
    });

    test('that names another issuer than its certificate', async () => {
      const attestation = saying({ iss: 'https://bank.example' });
      await expectUnnamed(await desk.verifier.ask({ identity: 'verifier_attestation', attestation }));
    });

    async function expectUnnamed({ call }: Question): Promise<void> {
      const says = await desk.expectFailed(() => desk.openWindow([call]));
      expect(says).not.toContain('bank.example');
    }
  });

  describe('nothing can be allowed where a did:web', () => {
    test('is signed with another key than its document has', async () => {
      const { key: forger } = await desk.stand.registry.certificateFor('localhost');
      await desk.foundOut({ identity: 'did:web', forger });
    });

    const documents: readonly (readonly [string, Lie])[] = [
      ['has a document that is about another DID', saying({ id: 'did:web:bank.example' })],
      ['has a document without the key that signs', without('verificationMethod')],
    ];
    test('does not say which of its keys signs', () => desk.foundOut({ identity: 'did:web', header: without('kid') }));
    test.each(documents)('%s', (_, document) => desk.foundOut({ identity: 'did:web', document }));
  });
}

/** What is refused without asking anybody, who signs and who is asked about being in the request itself. */
export function describeClientForgeries(desk: DcApiDesk): void {
  test('is signed with a key that its did:jwk is not of', async () => {
    const { key: forger } = await desk.stand.registry.certificateFor('localhost');
    await desk.refused({ identity: 'did:jwk', forger });
  });

  test('is signed by another did:jwk than its client id', async () => {
    const { key: forger, publicJwk } = await desk.stand.registry.certificateFor('localhost');
    const kid = `did:jwk:${Buffer.from(JSON.stringify(publicJwk)).toString('base64url')}#0`;
    await desk.refused({ identity: 'did:jwk', forger, header: saying({ kid }) });
  });

  test('does not say which key of its DID signs', () => desk.refused({ identity: 'did:jwk', header: without('kid') }));

  const attestations: readonly (readonly [string, Lie])[] = [
    ['is for no key', without('cnf')],
    ['has run out', runOut],
    ['never runs out', without('exp')],
    ['is not good yet', saying({ nbf: Math.floor(Date.now() / 1000) + 3600 })],
    ['is about another client', saying({ sub: 'bank.example' })],
    [
      'is about the client id with its prefix',
      ({ sub, ...rest }) => ({ ...rest, sub: `verifier_attestation:${String(sub)}` }),
    ],
  ];
  test.each(attestations)('has an attestation that %s', (_, attestation) =>
    desk.refused({ identity: 'verifier_attestation', attestation }),
  );

  test('has an attestation that is for another key', async () => {
    const { publicJwk: jwk } = await desk.stand.registry.certificateFor('localhost');
    await desk.refused({ identity: 'verifier_attestation', attestation: saying({ cnf: { jwk } }) });
  });

  test('has no attestation', () => desk.refused({ identity: 'verifier_attestation', header: without('jwt') }));
}
