/** Letters and signs that are drawn like ASCII ones (after Unicode's confusables, UTS #39), each with what it looks like. */
const LOOKALIKES = [
  // Cyrillic
  'аa вb сc ԁd еe ѐe ёe ғf ԍg һh іi їi јj кk ӏl мm пn оo рp ԛq гr ѕs тt џu ѵv ԝw хx уy',
  'АA ВB СC ЕE НH ІI ЈJ КK МM ОO РP ЅS ТT ХX УY ԜW',
  // Greek
  'αa βb ϲc εe ηn ιi κk λl μu νv οo ρp σo τt υu χx γy ωw ϳj',
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX',
  // Armenian, and Latin letters beside the common ones
  'օo սu հh ոn ցg զq յj ıi ȷj ɡg ɑa ɩi ɪi ʟl ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ᴊj ᴋk ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz',
  // Signs
  '∕/ ⁄/ ╱/ ‐- ‑- ‒- –- —- ―- −- ∣| ǀ| │| ꞉: ∶: ․. ‚, ∼~ ˜~ ‘\' ’\' “" ”"',
];

const LIKE: ReadonlyMap<string, string> = new Map(
  LOOKALIKES.flatMap((line) => line.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)] as const)),
);

/** Marks that sit on a letter, and what is not drawn at all. */
const UNSEEN = /[\p{Mn}\p{Me}\p{Cf}\p{Co}\p{Cs}\u{115f}\u{1160}\u{3164}]/gu;
const BEYOND_ASCII = /[^\x20-\x7e]/;
const SPACES = /[\s\p{Cc}\p{Z}]+/gu;

/**
 * A text as it looks to a reader, in ASCII as far as that goes: compatibility forms, look-alike letters and accents
 * folded, what is invisible left out, every run of white space or control characters one space.
 */
export function foldText(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text;
  const apart = text.replace(SPACES, ' ').normalize('NFKD').replace(UNSEEN, '');
  return apart.replace(/[^\x20-\x7e]/gu, (char) => LIKE.get(char) ?? char).replace(SPACES, ' ');
}
