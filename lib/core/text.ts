/** Control, bidi, zero-width and other invisible characters: they can make text look like what it is not. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a site or an issuer, made safe to show: well-formed, without control, bidi or invisible characters,
 * white space folded, at most `maxLength` code points (an ellipsis stands for the rest).
 */
export function displayText(text: string, maxLength: number): string {
  const clean = text.toWellFormed().replace(INVISIBLE, ' ').replace(/\s+/gu, ' ').trim();
  const points = Array.from(clean);
  return points.length <= maxLength ? clean : `${points.slice(0, maxLength - 1).join('')}…`;
}
