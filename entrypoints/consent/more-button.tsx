import { Icon } from '../../components/icon.tsx';
import type { PanelDoor } from './panel.tsx';

/** The small door, beside a button, to the panel of what more it can mean. */
export const MoreButton = ({
  door,
  label,
  look,
  busy,
}: {
  door: PanelDoor;
  label: string;
  look: 'plain' | 'quiet';
  busy: boolean;
}) => (
  <button
    type="button"
    class={`button ${look} more`}
    aria-label={label}
    title={label}
    aria-expanded={door.open}
    aria-controls={door.open ? door.id : undefined}
    disabled={busy}
    onClick={door.toggle}
  >
    <Icon name="right" size={16} />
  </button>
);
