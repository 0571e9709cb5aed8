import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError, dateInUtc, randomBytes, toBase64url } from '../../core/index.ts';
import type { SecretBytes } from '../../core/index.ts';
import type { PublicJwk } from '../verifying/index.ts';
import { SD_JWT_VC_TYPE, parseSdJwt, readCredentialFacts } from '../verifying/index.ts';
import type { FieldValue } from './field-values.ts';
import { fieldValues } from './field-values.ts';
import type { RandomBytes } from './hidden-claims.ts';
import { hideClaims } from './hidden-claims.ts';
import type { JwsSigner } from './jws-signer.ts';
import { signWith } from './jws-signer.ts';
import type { CommittedField, CredentialSchema } from './schema.ts';

const DAY = 86_400_000;
const MAX_DECOYS = 256;

/** A place on a Token Status List. */
export interface StatusEntry {
  readonly idx: number;
  readonly uri: string;
}

/** What an issuer says in every credential that it signs. */
export interface IssuingContext {
  /** `iss`: the issuer's origin. */
  readonly issuer: string;
  readonly signer: JwsSigner;
  /** Milliseconds since the epoch. Only its day is used, so that no time in a credential tells one copy from another. */
  readonly now: number;
  /** Whole days that it is valid for, from the start of this one (UTC). */
  readonly validDays: number;
  /** Digests of nothing to mix in beside those of absent fields, which always have one. Default: none. */
  readonly decoys?: number;
  /** Default: the platform's. */
  readonly random?: RandomBytes;
}

/** Whom a copy is for. */
export interface CopyTerms {
  /** The key that it is bound to (`cnf`). */
  readonly holder: PublicJwk;
  /** A place of its own on a status list. */
  readonly status?: StatusEntry;
}

/** How a committed number opens, as it travels beside the credential. Whoever has it knows the number. */
export interface WireOpening {
  /** Decimal. */
  readonly value: string;
  /** base64url of 32 bytes, a canonical scalar, little-endian. */
  readonly blinding: string;
}

export interface IssuedCopy {
  /** SD-JWT VC in compact form, with all its disclosures. */
  readonly credential: string;
  /** By the name of the committed field; for the holder alone. */
  readonly openings: Readonly<Record<string, WireOpening>>;
}

/** What commits to numbers: `lib/credentials/commitment`. */
export interface Committer {
  readonly newBlinding: (random: RandomBytes) => SecretBytes;
  /** @returns the compressed ristretto255 point, 32 bytes */
  readonly commit: (value: bigint, blinding: SecretBytes) => Uint8Array;
}

/** Signs copies of one credential. */
export class CopyIssuer {
  readonly #values: readonly FieldValue[];
  readonly #schema: CredentialSchema;
  readonly #context: IssuingContext;
  readonly #committer: Committer;

  /** @throws SignetError bad_request, naming what does not fit */
  constructor(schema: CredentialSchema, values: JsonObject, context: IssuingContext, committer: Committer) {
    assertContext(context);
    this.#values = fieldValues(schema, values, dateInUtc(context.now));
    this.#schema = schema;
    this.#context = context;
    this.#committer = committer;
  }

  /** One copy: salts, blindings and decoys of its own. */
  async issue({ holder, status }: CopyTerms): Promise<IssuedCopy> {
    const { issuer, signer, now, validDays, decoys = 0, random = randomBytes } = this.#context;
    const openings: Record<string, WireOpening> = {};
    const always: [string, Json][] = [];
    const hidden: [string, Json][] = [];
    let absent = 0;
    for (const one of this.#values) {
      const to = one.field.disclosure === 'always' ? always : hidden;
      if ('absent' in one) absent += one.field.disclosure === 'always' ? 0 : 1;
      else if ('value' in one) to.push([one.field.name, one.value]);
      else {
        const { claim, opening } = this.#commitTo(one.field, one.number, random);
        to.push([one.field.name, claim]);
        openings[one.field.name] = opening;
      }
    }
    const { digests, disclosures } = hideClaims(hidden, decoys + absent, random);
    const today = Math.floor(now / DAY) * DAY;
    const issuerJwt = await signWith(signer, SD_JWT_VC_TYPE, {
      ...Object.fromEntries(always),
      iss: issuer,
      vct: this.#schema.type,
      iat: today / 1000,
      nbf: today / 1000,
      exp: (today + validDays * DAY) / 1000,
      cnf: { jwk: bareJwk(holder) },
      ...(status !== undefined && { status: { status_list: { idx: status.idx, uri: status.uri } } }),
      ...(digests.length > 0 && { _sd_alg: 'sha-256', _sd: digests }),
    });
    const credential = `${[issuerJwt, ...disclosures].join('~')}~`;
    assertReadable(credential);
    return { credential, openings };
  }

  #commitTo({ number, bits }: CommittedField, value: bigint, random: RandomBytes) {
    using blinding = this.#committer.newBlinding(random);
    const point = toBase64url(this.#committer.commit(value, blinding));
    return {
      claim: { scheme: 'pedersen-ristretto255', kind: number, bits, value: point },
      opening: { value: String(value), blinding: toBase64url(blinding.expose()) },
    };
  }
}

function assertContext({ issuer, now, validDays, decoys = 0 }: IssuingContext): void {
  const is = (condition: boolean, field: string, message: string): void => {
    if (!condition) throw new SignetError('bad_request', message, { field });
  };
  is(issuer !== '', 'issuer', 'An issuer has a name.');
  is(Number.isFinite(now), 'now', 'The time is in milliseconds.');
  is(Number.isSafeInteger(validDays) && validDays >= 1, 'validDays', 'A credential is valid for whole days.');
  is(Number.isSafeInteger(decoys) && decoys >= 0 && decoys <= MAX_DECOYS, 'decoys', 'That is no number of decoys.');
}

/** The public key without its name: a `kid` of the holder's would stand in every presentation. */
const bareJwk = ({ kty, crv, x, y }: PublicJwk): JsonObject => ({ kty, crv, x, ...(y !== undefined && { y }) });

/** What a verifier would refuse is not handed out. */
function assertReadable(credential: string): void {
  try {
    readCredentialFacts(parseSdJwt(credential));
  } catch (cause) {
    throw new SignetError('bad_request', 'With these values no verifier could read the credential.', { cause });
  }
}
