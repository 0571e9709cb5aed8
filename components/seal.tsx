/** An edge like wax that was pressed by hand, around (50, 50). */
const EDGE =
  'M96.7 50C96.8 53.4 96.1 57.1 94.9 60.3C93.8 63.5 91.6 66.3 89.9 69.2C88.3 72.2 86.9 75.1 84.9 77.8C83 80.5 80.8 83.3 78.2 85.4C75.6 87.4 72.3 88.7 69.3 90C66.2 91.3 63.1 92.5 59.9 93.3C56.7 94 53.3 94.6 50 94.5C46.7 94.4 43.5 93.5 40.2 92.9C36.9 92.3 33.5 92 30.3 91C27 90 23.3 88.9 20.6 86.9C17.9 84.9 15.7 81.7 13.9 78.8C12 75.9 10.7 72.7 9.5 69.5C8.3 66.3 7.2 63.1 6.7 59.9C6.3 56.6 6.6 53.3 6.7 50C6.8 46.7 6.8 43.5 7.2 40.2C7.6 36.9 7.6 33.3 8.8 30.2C10.1 27.1 12.3 24.3 14.5 21.7C16.7 19.2 19.5 17.1 22.1 15C24.7 12.9 27.2 10.5 30.2 8.9C33.2 7.3 36.5 6.3 39.8 5.5C43.1 4.8 46.6 4.6 50 4.5C53.4 4.4 57 4.3 60.2 5.2C63.5 6.1 66.6 8 69.3 9.9C72.1 11.8 74.2 14.4 76.7 16.5C79.2 18.7 81.9 20.4 84.3 22.7C86.6 25 88.9 27.6 90.6 30.4C92.3 33.3 93.5 36.6 94.5 39.8C95.5 43.1 96.6 46.6 96.7 50Z';

/** The mark in the ring: an S of two arcs, one for each side of a handshake. */
export const SEAL_MARK = 'M60.5 39.5A12 12 0 1 0 50 50A12 12 0 1 1 39.5 60.5';

export type SealState = 'locked' | 'filling' | 'open';

/** The seal: an outline while the vault is locked, filling while it opens, wax once it is open. */
export const Seal = ({ state, size }: { state: SealState; size: number }) => {
  const stroke = size < 40 ? 7 : 4.5;
  return (
    <svg
      class={state === 'filling' ? 'seal seal-filling' : 'seal'}
      width={size}
      height={size}
      viewBox="0 0 100 100"
      fill="none"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <g stroke="var(--wax)" stroke-width={stroke}>
        <path d={EDGE} transform="translate(4 4) scale(.92)" stroke-width={stroke * 0.9} />
        <circle cx="50" cy="50" r="33" stroke-width={stroke * 0.55} />
        <path d={SEAL_MARK} />
      </g>
      {state !== 'locked' && (
        <g class="seal-wax">
          <path d={EDGE} fill="var(--seal)" />
          <g stroke="var(--on-seal)" stroke-width={stroke}>
            <circle cx="50" cy="50" r="33" stroke-width={stroke * 0.55} />
            <path d={SEAL_MARK} />
          </g>
        </g>
      )}
    </svg>
  );
};
