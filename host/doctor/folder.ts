import { isAbsolute } from 'node:path';
import type { Check, Surroundings } from './check.ts';
import { note, notWell, well } from './check.ts';
import { standingOf } from './ownership.ts';

export const folderCheck: Check = {
  name: 'Folder',
  look(at) {
    const { path } = at.folder;
    const standing = standingOf(path, at.userId, true);
    const from = originOf(at);
    if (standing === undefined) return note(`${path} is not there yet.`, from);
    if (!standing.stats.isDirectory()) return notWell(`${path} is no folder.`, from);
    if (standing.problems.length > 0) return notWell(`${path} is not yours alone.`, ...standing.problems, from);
    return well(`${path} is yours.`, from, standing.says);
  },
};

/** What says that it is this one. */
function originOf({ env: { SIGNET_DIR: own, XDG_CONFIG_HOME: xdg } }: Surroundings): string {
  if (own !== undefined && own !== '') return 'SIGNET_DIR says so.';
  if (xdg !== undefined && isAbsolute(xdg)) return 'XDG_CONFIG_HOME says so; SIGNET_DIR would go before it.';
  const passedOver = xdg === undefined || xdg === '' ? '' : ' XDG_CONFIG_HOME is no absolute path and does not count.';
  return `The default: neither SIGNET_DIR nor XDG_CONFIG_HOME says another.${passedOver}`;
}
