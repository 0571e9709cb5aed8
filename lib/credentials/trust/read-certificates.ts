import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { Certificate } from '../verifying/index.ts';
import { parseCertificate } from '../verifying/index.ts';
import { certificateId } from './trust-anchor.ts';

/** How many certificates one file may bring for the person to look at. */
export const MAX_CERTIFICATES_IN_FILE = 16;
/** Bytes of a file of certificates. */
export const MAX_CERTIFICATE_FILE = 256 * 1024;

const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const DER_SEQUENCE = 0x30;

const refused = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field: 'certificate', cause });

/**
 * The certificates in a file or in pasted text: DER, PEM (any number of blocks), or base64 of DER. Each once. Nothing is
 * believed of them.
 * @throws SignetError bad_request, field `certificate`, with words for people: too long, too many, none, a private key
 */
export function readCertificates(source: string | Bytes): readonly Certificate[] {
  if (source.length > MAX_CERTIFICATE_FILE) {
    throw refused('This is too long for a file of certificates. Nothing was taken in.');
  }
  const texts = typeof source !== 'string' && source[0] === DER_SEQUENCE ? [source] : blocksOf(textOf(source));
  if (texts.length > MAX_CERTIFICATES_IN_FILE) {
    throw refused(
      `There are ${texts.length} certificates in it; Signet takes at most ${MAX_CERTIFICATES_IN_FILE} at once. Take in those you need, or a trust list.`,
    );
  }
  const certificates = texts.map(read);
  return [...new Map(certificates.map((certificate) => [certificateId(certificate), certificate])).values()];
}

const textOf = (source: string | Bytes): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source);

function blocksOf(text: string): readonly string[] {
  const blocks = text.match(PEM);
  if (blocks !== null) return blocks.map((block) => block.replace(/-----[^-]+-----/g, ''));
  if (/PRIVATE KEY-----/.test(text)) {
    throw refused('This is a private key, not a certificate. Keep it where it was, and show it to nobody.');
  }
  return [text];
}

function read(text: string | Bytes): Certificate {
  try {
    return parseCertificate(text, 'certificate');
  } catch (cause) {
    throw refused('There is no certificate in this that Signet can read (PEM or DER).', cause);
  }
}
