import { isIP } from 'node:net';
import * as v from 'valibot';
import { parseOrigin } from '../../../lib/core/index.ts';

const MOST = 256;
const MAX_TEXT = 512;

const text = v.pipe(
  v.string('It must be a text.'),
  v.nonEmpty('It is empty.'),
  v.maxLength(MAX_TEXT, `It is longer than ${MAX_TEXT} characters.`),
);

const list = <S extends v.GenericSchema>(item: S, what: string) =>
  v.pipe(v.array(item, `It must be a list of ${what}.`), v.maxLength(MOST, `It has more than ${MOST} entries.`));

const filled = <S extends v.GenericSchema>(item: S, what: string) =>
  v.pipe(list(item, what), v.nonEmpty('It is empty.'));

const origin = v.pipe(
  text,
  v.check(
    isOrigin,
    'It must be an origin: https://shop.example, or http on this machine; no path, no slash at its end.',
  ),
);

/** As a `Host` header says it. */
const host = v.pipe(
  text,
  v.regex(/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/, 'It must be a host in lower case, with a port or without.'),
);

const address = v.pipe(
  text,
  v.check((one) => isIP(one) !== 0, 'It must be an IP address.'),
);

const redis = v.pipe(
  text,
  v.regex(/^(?:rediss?:\/\/.|\/.)/, 'It must begin with redis:// or rediss://, or be the path of a Unix socket.'),
);

const within = (least: number, usual: number, most: number) => {
  const message = `It must be a whole number, ${least}-${most}.`;
  const number = v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
  return v.optional(number, usual);
};

const limits = v.strictObject({
  /** Bytes. */
  header_bytes: within(1024, 16_384, 65_536),
  body_bytes: within(1024, 131_072, 1_048_576),
  /** Of all bodies that are being read or answered. */
  bodies_bytes: within(1_048_576, 67_108_864, 1_073_741_824),
  /** Counts. */
  connections: within(1, 12_000, 100_000),
  requests: within(1, 12_000, 100_000),
  /** Requests a second, and as many at once. */
  per_client: within(1, 5000, 1_000_000),
  in_all: within(1, 10_000, 1_000_000),
  /** Seconds: for the header, for all of a request, and between two. */
  header_seconds: within(1, 10, 120),
  request_seconds: within(1, 20, 300),
  idle_seconds: within(1, 5, 120),
  /** Nonces that memory has room for, some 150 bytes each. */
  nonces: within(1, 600_000, 20_000_000),
});

const issuer = v.strictObject({
  issuer: text,
  types: v.optional(filled(text, 'types')),
  jwks: v.optional(
    v.looseObject(
      { keys: filled(v.looseObject({}, 'It must be a JWK.'), 'keys') },
      'It must be a JWK Set: keys, and in it a list.',
    ),
  ),
  anchors: v.optional(
    filled(
      v.pipe(v.string('It must be a certificate as text.'), v.maxLength(32_768, 'It is too long.')),
      'certificates',
    ),
  ),
});

/** The form of the file. What keys and certificates hold is read after it. */
export const configurationSchema = v.strictObject({
  audiences: filled(origin, 'origins'),
  issuers: filled(issuer, 'issuers'),
  types: v.optional(filled(text, 'types')),
  status: v.optional(v.picklist(['check', 'skip'], 'It must be check or skip.'), 'check'),
  nonces: v.optional(v.strictObject({ redis: v.optional(redis), prefix: v.optional(text, 'signet:nonce:') }), {}),
  hosts: v.optional(list(host, 'hosts'), []),
  origins: v.optional(list(origin, 'origins'), []),
  proxies: v.optional(list(address, 'IP addresses'), []),
  development: v.optional(v.boolean('It must be true or false.'), false),
  log: v.optional(v.picklist(['requests', 'problems'], 'It must be requests or problems.'), 'requests'),
  limits: v.optional(limits, {}),
});

export type ConfigurationFile = v.InferOutput<typeof configurationSchema>;
export type Limits = ConfigurationFile['limits'];

function isOrigin(value: string): boolean {
  try {
    parseOrigin(value, 'origin');
    return true;
  } catch {
    return false;
  }
}
