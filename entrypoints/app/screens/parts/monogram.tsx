import './monogram.css';
import { useContext } from 'preact/hooks';
import { splitOrigin } from '../../../../components/origin-parts.ts';
import { Registrable } from '../../../../components/origin.tsx';

/** The first letter of the domain in a ring; pressed in wax where something of the person's stands with the site. */
export const Monogram = ({ origin, sealed }: { origin: string; sealed: boolean }) => {
  const [first = ''] = splitOrigin(origin, useContext(Registrable)).registrable;
  return (
    <span class={sealed ? 'monogram sealed' : 'monogram'} aria-hidden="true">
      {first}
    </span>
  );
};
