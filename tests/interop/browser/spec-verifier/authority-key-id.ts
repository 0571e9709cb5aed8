import type { Members } from '../foreign-verifier.ts';

/** The DER of the object identifier 2.5.29.35. */
const AUTHORITY_KEY_ID = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x23]);
const KEY_IDENTIFIER_TAG = 0x80;

/**
 * KeyIdentifiers of the AuthorityKeyIdentifier extensions in an `x5c` header (RFC 5280 §4.2.1.1), base64url: what an `aki`
 * of DCQL names. The extension is an OCTET STRING around a SEQUENCE; all of its lengths fit into one octet.
 */
export const authorityKeyIds = ({ x5c = [] }: Members): readonly string[] =>
  (x5c as readonly string[]) // RFC 7515 §4.1.6
    .map((der) => Buffer.from(der, 'base64'))
    .flatMap((der) => {
      const at = der.indexOf(AUTHORITY_KEY_ID);
      if (at < 0) return [];
      const [tag, length = 0] = der.subarray(at + AUTHORITY_KEY_ID.length + 4);
      const start = at + AUTHORITY_KEY_ID.length + 6;
      return tag === KEY_IDENTIFIER_TAG ? [der.subarray(start, start + length).toString('base64url')] : [];
    });
