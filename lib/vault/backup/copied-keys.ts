import { SecretBytes } from '../../core/index.ts';
import type { VaultKeys } from '../key-tree.ts';

/** The same keys once more, for an owner of their own who disposes of them. */
export function copyKeys({ sealing, addressing, identity, audit, tier2 }: VaultKeys): VaultKeys {
  const copy = (key: SecretBytes): SecretBytes => SecretBytes.take(key.expose().slice());
  return {
    sealing: copy(sealing),
    addressing: copy(addressing),
    identity: copy(identity),
    audit: copy(audit),
    tier2: copy(tier2),
  };
}
