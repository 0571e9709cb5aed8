const SHELL = /^(?:.*\/)?(?:ba|da|z|k|mk|a|fi|c|tc|r?ba)?sh(?:\.exe)?$/;
/** What runs its arguments, or one of them, as a script. */
const RUNS_ARGUMENTS = /^(?:.*\/)?(?:eval|ssh|watch|trap|su|runuser|script|parallel)$/;

/** Scripts that stand as words in a command: `sh -c '…'`, `eval …`, `ssh host '…'`. */
export function nestedIn(words: readonly string[]): readonly string[] {
  const runner = words.findIndex((word) => RUNS_ARGUMENTS.test(word));
  const evaluated = runner < 0 ? [] : [words.slice(runner + 1).join(' ')];
  return [...evaluated, ...scriptsOfShells(words)].filter((script) => script !== '');
}

function scriptsOfShells(words: readonly string[]): readonly string[] {
  const shell = words.findIndex((word) => SHELL.test(word));
  if (shell < 0) return [];
  const option = words.findIndex((word, place) => place > shell && /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word));
  const here = words.findIndex((word, place) => place > shell && word === '<<<');
  return [option, here].flatMap((place) => (place < 0 ? [] : [words[place + 1] ?? '']));
}
