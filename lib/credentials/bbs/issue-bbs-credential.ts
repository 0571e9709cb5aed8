import type { Json } from '../../core/index.ts';
import { assertField } from '../../core/index.ts';
import { readBbsCredential, writeBbsCredential } from './bbs-credential.ts';
import { assertIssuable } from './issuable-claims.ts';
import { headerBytes, messageOf, readBbsHeader } from './verifying/bbs-header.ts';
import { loadSuite } from './verifying/load-suite.ts';
import type { BbsKeyPair, BbsSuiteName } from './verifying/suite.ts';
import { sharedExpiry } from './verifying/week.ts';

export interface BbsIssuance {
  readonly suite: BbsSuiteName;
  /** A key pair of that suite. The same one for everyone: a key of one's own is a name. */
  readonly keyPair: BbsKeyPair;
  /** At most 512 characters. */
  readonly type: string;
  /** The issuer's origin. */
  readonly issuer: string;
  /** The claims, in the order of the messages: the same names in the same order for everyone. 1 to 128. */
  readonly claims: readonly (readonly [name: string, value: Json])[];
  /** Seconds since the epoch. */
  readonly now: number;
  /** Whole weeks that it is good for after the one it is issued in: 1 to 520. */
  readonly weeks: number;
}

const MAX_WEEKS = 520;

/**
 * Issues a BBS credential. Its end is that of everyone issued in the same week (Monday 00:00 UTC), so that it tells
 * nobody apart; the type and the names of claims are for the issuer to keep the same.
 * @returns the credential's text, as OpenID4VCI delivers it in the formats `signet-bbs` and `signet-bbs-2020`
 * @throws SignetError bad_request on claims of age or identity (see `assertIssuable`), on what the format has no room
 *   for, and on a key that is none
 */
export async function issueBbsCredential(issuance: BbsIssuance): Promise<string> {
  const { claims, weeks, now } = issuance;
  assertField(Number.isInteger(weeks) && weeks >= 1 && weeks <= MAX_WEEKS, 'weeks', 'weeks is from 1 to 520.');
  assertField(Number.isSafeInteger(now), 'now', 'now is in whole seconds.');
  const header = readBbsHeader({
    type: issuance.type,
    issuer: issuance.issuer,
    schema: claims.map(([name]) => name),
    expires: sharedExpiry(now, weeks),
  });
  for (const [name, value] of claims) assertIssuable(name, value);
  const suite = await loadSuite(issuance.suite);
  const signature = await suite.sign(issuance.keyPair, {
    header: headerBytes(header),
    messages: claims.map(([name, value]) => messageOf(name, value)),
  });
  const text = writeBbsCredential({ suite: suite.name, header, claims: Object.fromEntries(claims), signature });
  readBbsCredential(text); // what its readers would refuse must not leave
  return text;
}
