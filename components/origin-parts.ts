import { decodePunycode } from './punycode.ts';

/** An origin taken apart for the eye (design §3, rule 6). */
export interface OriginParts {
  /** https, or http on this machine; `other` should not happen and is shown with a warning. */
  readonly transport: 'secure' | 'local' | 'other';
  /** What stands before the registrable domain, its dot included; may be empty. */
  readonly before: string;
  /** The registrable domain, or the whole host where there is none: an address, a single label. */
  readonly registrable: string;
  /** `:8443`, or empty. */
  readonly port: string;
  /** The host as the browser spells it, when the readable one mixes scripts and could deceive; else empty. */
  readonly ascii: string;
}

/** Finds the registrable domain of a host, or null where there is none. */
export type FindRegistrable = (host: string) => string | null;

/**
 * Splits an origin as the browser reports it.
 * @param origin such as `https://shop.example.com`; what is not an origin comes back whole, as `other`
 * @param findRegistrable by the Public Suffix List, private suffixes included
 */
export function splitOrigin(origin: string, findRegistrable: FindRegistrable): OriginParts {
  const url = URL.parse(origin);
  if (url === null || url.host === '') {
    return { transport: 'other', before: '', registrable: origin, port: '', ascii: '' };
  }
  const host = url.hostname;
  const registrable = findRegistrable(host) ?? host;
  const before = host.endsWith(registrable) ? host.slice(0, host.length - registrable.length) : '';
  const readable = readableHost(host);
  return {
    transport: transportOf(url),
    before: readableHost(before),
    registrable: before === '' ? readable : readableHost(registrable),
    port: url.port === '' ? '' : `:${url.port}`,
    ascii: readable !== host && mixesScripts(readable) ? host : '',
  };
}

function transportOf(url: URL): OriginParts['transport'] {
  if (url.protocol === 'https:') return 'secure';
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && local ? 'local' : 'other';
}

/** The host with its `xn--` labels in their own script, where they decode to what encodes back to them. */
function readableHost(host: string): string {
  return host
    .split('.')
    .map((label) => (label.startsWith('xn--') ? readableLabel(label) : label))
    .join('.');
}

function readableLabel(label: string): string {
  const text = decodePunycode(label.slice('xn--'.length));
  if (text === null || /[\p{C}\p{Z}]/u.test(text)) return label;
  return URL.parse(`https://${text}.example`)?.hostname === `${label}.example` ? text : label;
}

const SCRIPTS = [
  'Latin Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Gurmukhi Gujarati Tamil Telugu Kannada Malayalam',
  'Sinhala Thai Lao Tibetan Myanmar Georgian Ethiopic Khmer Mongolian Hangul Hiragana Katakana Bopomofo Han',
]
  .join(' ')
  .split(' ')
  .map((script) => new RegExp(`\\p{Script=${script}}`, 'u'));

const SHARED = /[\p{Script=Common}\p{Script=Inherited}]/u;

/**
 * Whether the letters of a host come from more than one script, its top-level domain counted: `аррӏе.com` in
 * Cyrillic letters mixes, `пример.рф` does not. A script that is not in the list counts as mixed.
 */
export function mixesScripts(host: string): boolean {
  const seen = new Set<number>();
  for (const letter of host) {
    if (SHARED.test(letter)) continue;
    seen.add(SCRIPTS.findIndex((script) => script.test(letter)));
  }
  return seen.size > 1 || seen.has(-1);
}
