import { EXIT } from './command.ts';
import { writeError } from './standard-streams.ts';
import { tellError } from './tell-error.ts';

/**
 * What nobody caught ends the process with 2 and one line that holds neither values nor a stack. A reader that went away
 * (`signet log | head -1`) is no crash.
 */
export function tellCrashes(isJson: boolean): void {
  process.on('uncaughtException', (error) => {
    if (process.stdout.errored === error && 'code' in error && error.code === 'EPIPE') {
      process.exit(process.exitCode ?? EXIT.good);
    }
    writeError(tellError(error, isJson));
    process.exit(EXIT.cannot);
  });
}
