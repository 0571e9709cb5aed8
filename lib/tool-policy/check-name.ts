/** Whether a name can be that of a check: one file in the folder of checks, and no way out of it. */
export const isCheckName = (name: string): boolean =>
  name !== '' && name.length <= 128 && !/[/\\\p{Cc}]/u.test(name) && !name.includes('..') && name !== '.';
