import { decodeQRBatch } from 'qr/decode.js';
import type { Image } from 'qr/decode.js';

/** What the QR codes in a picture say. `damaged`: there seems to be one, and it cannot be made out. */
export type CodesFound =
  | { readonly found: 'one'; readonly text: string }
  | { readonly found: 'several' }
  | { readonly found: 'damaged' }
  | { readonly found: 'none' };

/** Milliseconds for tries beyond the plain one: a photo is looked at longer than a frame of a film. */
const PATIENCE = 1_000;
/** How many guesses at where a code may be are followed up. */
const EFFORT = 16;
/** What the decoder says last where it saw nothing that looks like a corner of a code. */
const SAW_NOTHING = 'finder';

/**
 * Reads the QR codes (ISO/IEC 18004) in a picture. A code that stands there twice counts as one; several that say
 * different things are for the person to tell apart.
 * @param picture RGBA, four bytes a pixel
 */
export async function readCodes(picture: Image): Promise<CodesFound> {
  const { width, height } = picture;
  const limits = { effort: EFFORT, timeLimit: PATIENCE, maxSize: { width, height } };
  const [results = []] = await decodeQRBatch([picture], { format: 'RGBA', ...limits });
  const [text, ...others] = new Set(results.filter((result) => typeof result === 'string'));
  if (text !== undefined) return others.length === 0 ? { found: 'one', text } : { found: 'several' };
  const last = results.at(-1);
  return { found: last instanceof Error && last.message !== SAW_NOTHING ? 'damaged' : 'none' };
}
