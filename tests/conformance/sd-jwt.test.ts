import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PublicJwk } from '../../lib/credentials/index.ts';
import { isSignedBy, parseSdJwt, readPublicJwk } from '../../lib/credentials/index.ts';
import { describeVectors, readVectorJson, readVectorText, vectorPath, vectorsFolder } from './vectors.ts';

const FOLDER = ['sd-jwt', 'rfc9901-examples'] as const;

/** Examples in compact form; the two JSON serialisations are not a format that Signet takes. */
const EXAMPLES = [
  'address_only_flat',
  'address_only_recursive',
  'address_only_structured',
  'address_only_structured_one_open',
  'arf-pid',
  'complex_eidas',
  'complex_eidas_proposal',
  'complex_ekyc',
  'jsonld',
  'simple',
  'simple_structured',
  'w3c-vc',
  'w3c-vc_for_slide_deck',
] as const;

const BOUND = ['arf-pid', 'jsonld', 'simple'] as const;

const text = (example: string, file: string): string => readVectorText(...FOLDER, example, file).trim();
const json = (example: string, file: string): object => readVectorJson(...FOLDER, example, file) as object; // every one is an object

/** The n-th value of a key in settings.yml: the issuer's key stands before the holder's. */
function key(position: 0 | 1): PublicJwk {
  const settings = readVectorText(...FOLDER, 'settings.yml');
  const value = (name: string): string | undefined =>
    [...settings.matchAll(new RegExp(`^\\s+(?:- )?${name}: (\\S+)$`, 'gm'))].map((match) => match[1])[position];
  const jwk = readPublicJwk({ kty: value('kty'), crv: value('crv'), x: value('x'), y: value('y') });
  if (jwk === undefined) throw new Error('settings.yml holds no key where it should');
  return jwk;
}

describeVectors('RFC 9901 examples', () => {
  it('are all covered', () => {
    const compact = readdirSync(vectorPath(...FOLDER), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('json_serialization'))
      .map((entry) => entry.name);
    expect(vectorsFolder).toBeDefined();
    expect(compact.sort()).toEqual([...EXAMPLES]);
  });

  it.each(EXAMPLES)('%s: the presentation gives the verified contents', (example) => {
    const parsed = parseSdJwt(text(example, 'sd_jwt_presentation.txt'));
    expect(parsed.claims).toEqual(json(example, 'verified_contents.json'));
  });

  it.each(EXAMPLES)('%s: issuance gives every claim of the user', (example) => {
    const parsed = parseSdJwt(text(example, 'sd_jwt_issuance.txt'));
    expect(parsed.claims).toMatchObject(json(example, 'user_claims.json'));
    expect(parsed.issuerJwt.payload).toEqual(json(example, 'sd_jwt_payload.json'));
    expect(parsed.issuerJwt.encoded).toBe(text(example, 'sd_jwt_jws_part.txt'));
  });

  it.each(EXAMPLES)('%s: the issuer signed it, and the holder did not', async (example) => {
    const { issuerJwt } = parseSdJwt(text(example, 'sd_jwt_presentation.txt'));
    expect(await isSignedBy(issuerJwt, [key(0)])).toBe(true);
    expect(await isSignedBy(issuerJwt, [key(1)])).toBe(false);
  });

  it.each(BOUND)('%s: the holder signed the key binding over exactly this presentation', async (example) => {
    const { keyBinding, sdHash, issuerJwt } = parseSdJwt(text(example, 'sd_jwt_presentation.txt'));
    if (keyBinding === undefined) throw new Error('there is no key binding');
    expect(keyBinding.encoded).toBe(text(example, 'kb_jwt_serialized.txt'));
    expect(keyBinding.header).toEqual(json(example, 'kb_jwt_header.json'));
    expect(keyBinding.payload).toEqual(json(example, 'kb_jwt_payload.json'));
    expect(keyBinding.payload['sd_hash']).toBe(sdHash);
    expect(issuerJwt.payload['cnf']).toMatchObject({ jwk: { x: key(1).x } });
    expect(await isSignedBy(keyBinding, [key(1)])).toBe(true);
    expect(await isSignedBy(keyBinding, [key(0)])).toBe(false);
  });
});
