import type { PolicyFolder } from '../keeping/policy-folder.ts';

/** What is looked at: nothing is read from anywhere else. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Of the person. */
  readonly home: string;
  /** Where the command was started: hosts look for a project's settings there. */
  readonly workingFolder: string;
  readonly folder: PolicyFolder;
  /** Without a `v` before it. */
  readonly nodeVersion: string;
  /** Absent on systems that number nobody. */
  readonly userId: number | undefined;
}

/** `note`: worth knowing, and nothing is wrong. */
export type State = 'well' | 'note' | 'not_well';

export interface Finding {
  readonly state: State;
  /** One sentence. */
  readonly says: string;
  /** What it rests on, and what to do. */
  readonly details: readonly string[];
}

/** One thing that can be in order or not. It changes nothing. */
export interface Check {
  /** One or two words. */
  readonly name: string;
  look(at: Surroundings): Finding | Promise<Finding>;
}

export const well = (says: string, ...details: readonly string[]): Finding => ({ state: 'well', says, details });
export const note = (says: string, ...details: readonly string[]): Finding => ({ state: 'note', says, details });
export const notWell = (says: string, ...details: readonly string[]): Finding => ({ state: 'not_well', says, details });
