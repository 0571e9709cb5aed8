import { existsSync } from 'node:fs';
import { readText } from '../read-text.ts';
import { describeConfigurationProblem, readConfiguration } from '../verification/configuration/read.ts';
import type { Check } from './check.ts';
import { notWell, well } from './check.ts';
import { standingOf } from './ownership.ts';

/** Whom a verification server would trust. */
export const verificationCheck: Check = {
  name: 'Server',
  look({ folder: { verification: file }, userId }) {
    if (!existsSync(file)) return well('`signet serve --transport http` would trust nobody.', `There is no ${file}.`);
    const standing = standingOf(file, userId, true);
    if (standing !== undefined && standing.problems.length > 0) {
      return notWell('Others can change whom the server trusts.', ...standing.problems);
    }
    const { configuration, problems } = readConfiguration(readText(file).text);
    if (configuration === undefined) {
      return notWell('The server does not start.', file, ...problems.map(describeConfigurationProblem));
    }
    const { issuers, audiences } = configuration;
    return well(`${issuers.length} issuers, ${audiences.length} audiences.`, ...(standing ? [standing.says] : []));
  },
};
