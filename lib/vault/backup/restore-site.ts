import type { Found } from '../life/boot.ts';
import type { KeeperRoom } from '../life/keeper-room.ts';

/** Where a restore happens: what the keeper works with, and what stands here now. Nothing else happens meanwhile. */
export interface RestoreSite {
  readonly room: KeeperRoom;
  readonly found: Found;
}
