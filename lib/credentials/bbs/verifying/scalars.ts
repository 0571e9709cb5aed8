/** The order of the groups of BLS12-381, big-endian. */
const ORDER: readonly number[] = [
  0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05, 0x53, 0xbd, 0xa4,
  0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
];

/** Whether the bytes are big-endian scalars of 32 bytes, each from 1 to below the order of the group. */
export function areScalars(bytes: Uint8Array): boolean {
  if (bytes.length % ORDER.length !== 0) return false;
  for (let start = 0; start < bytes.length; start += ORDER.length) {
    const scalar = bytes.subarray(start, start + ORDER.length);
    if (scalar.every((byte) => byte === 0) || !isBelowOrder(scalar)) return false;
  }
  return true;
}

function isBelowOrder(scalar: Uint8Array): boolean {
  const place = ORDER.findIndex((byte, i) => byte !== scalar[i]);
  return place !== -1 && (scalar[place] ?? 0) < (ORDER[place] ?? 0);
}
