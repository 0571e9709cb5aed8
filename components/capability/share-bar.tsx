/** How much of a whole is used up, beside words that say the same. @param share from 0 to 1 */
export const ShareBar = ({ share }: { share: number }) => <progress max={1} value={share} aria-hidden="true" />;
