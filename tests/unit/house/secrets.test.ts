import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { pathInRepository, rootPath } from './sources.ts';

/** Names under which key bytes go. Whatever is called so and is bare bytes could be kept, copied and printed. */
const SECRET = /(?:key|secret|password|passphrase|entropy|seed|prf)s?$/i;

/** Bare bytes that may be called so, by file and name, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  ...inFiles('the public half of the X25519 inbox key', 'inboxKey', [
    ...['keys/header', 'keys/wraps', 'life/journal', 'life/keeper-room', 'life/notes'].map(
      (file) => `lib/vault/${file}.ts`,
    ),
  ]),
  ...inFiles('the id of a row: what the database files it under', 'key', [
    ...[
      'lib/platform/indexed-db.ts',
      'lib/vault/life/erase.ts',
      'lib/vault/blind-db/integrity.ts',
      'lib/vault/blind-db/memory-backend.ts',
    ],
    ...[
      'lib/vault/blind-db/migrations/from-1-to-2.ts',
      'lib/vault/blind-db/migrations/schema-1.ts',
      'lib/vault/life/moving-stores.ts',
    ],
    ...['lib/vault/blind-db/open-vault.ts', 'lib/vault/life/recovery.ts', 'lib/vault/blind-db/table/row-batch.ts'],
  ]),
  ...inFiles('the ids of rows, likewise', 'keys', ['lib/platform/indexed-db.ts']),
  ...inFiles('what libraries of BBS call the bytes that they take and give, for one call', 'secretKey', [
    ...['bbs-signatures.d', 'ietf-suite', 'legacy-library', 'legacy-suite'].map(
      (file) => `lib/credentials/bbs/verifying/${file}.ts`,
    ),
  ]),
  ...inFiles('the same', 'seed', [
    ...['bbs-signatures.d', 'ietf-suite', 'legacy-library'].map((file) => `lib/credentials/bbs/verifying/${file}.ts`),
  ]),
  ...inFiles('what STROBE calls the output that both sides compute', 'prf', ['lib/proofs/range/strobe.ts']),
  ...inFiles('where an entry stands in the tree', 'key', [
    'lib/vault/blind-db/table/node.ts',
    'lib/vault/blind-db/table/tree.ts',
  ]),
};

function inFiles(reason: string, name: string, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [`${path}: ${name}`, reason]));
}

/** Names that say of themselves that they are no secret. */
const PUBLIC = /public|verif/i;

interface Holder {
  /** `lib/folder/file.ts: name` */
  readonly where: string;
  readonly line: number;
}

/** Every variable, parameter, property, and function that is called like a secret and is, or gives, bare bytes. */
function holdersOfBareSecrets(program: ts.Program, isOurs: (path: string) => boolean): Holder[] {
  const checker = program.getTypeChecker();
  const found: Holder[] = [];
  for (const file of program.getSourceFiles()) {
    const path = pathInRepository(file.fileName);
    if (!isOurs(path)) continue;
    const visit = (node: ts.Node): void => {
      const name = nameOf(node);
      if (name !== undefined && SECRET.test(name) && !PUBLIC.test(name) && isBare(checker, node)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        found.push({ where: `${path}: ${name}`, line: line + 1 });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

function nameOf(node: ts.Node): string | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isGetAccessorDeclaration(node);
  if (!declares || node.name === undefined) return undefined;
  return ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name) ? node.name.text : undefined;
}

/** Bytes, or what gives bytes: a promise of them, a list of them, a function that returns them. */
function isBare(checker: ts.TypeChecker, node: ts.Node): boolean {
  return givesBytes(checker, checker.getTypeAtLocation(node), 0);
}

function givesBytes(checker: ts.TypeChecker, type: ts.Type, depth: number): boolean {
  if (depth > 3) return false;
  const inside = (inner: ts.Type): boolean => givesBytes(checker, inner, depth + 1);
  if (type.isUnionOrIntersection()) return type.types.some(inside);
  const symbol = type.getSymbol()?.getName();
  if (symbol === 'Uint8Array' || symbol === 'ArrayBuffer') return true;
  if (symbol === 'Promise' || symbol === 'Array' || symbol === 'ReadonlyArray') {
    return checker.getTypeArguments(type as ts.TypeReference).some(inside); // generic, so a reference
  }
  return type.getCallSignatures().some((signature) => inside(signature.getReturnType()));
}

function programOf(files: Readonly<Record<string, string>>): ts.Program {
  const options: ts.CompilerOptions = { ...OPTIONS, noLib: false };
  const host = ts.createCompilerHost(options);
  const [getSourceFile, fileExists, readFile] = [
    host.getSourceFile.bind(host),
    host.fileExists.bind(host),
    host.readFile.bind(host),
  ];
  const planted = (path: string): string | undefined => files[pathInRepository(path)];
  host.getSourceFile = (path, ...rest) => {
    const text = planted(path);
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2024);
  };
  host.fileExists = (path) => planted(path) !== undefined || fileExists(path);
  host.readFile = (path) => planted(path) ?? readFile(path);
  return ts.createProgram(Object.keys(files).map(rootPath), options, host);
}

const OPTIONS = configured();

function configured(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(rootPath('tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  return ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, rootPath('.')).options;
}

const isShipped = (path: string): boolean => /^(?:lib|entrypoints|components)\//.test(path);

describe('key bytes', () => {
  let found: readonly Holder[];

  beforeAll(() => {
    const entries = ['lib', 'entrypoints', 'components'].flatMap((folder) =>
      ts.sys.readDirectory(rootPath(folder), ['.ts', '.tsx']),
    );
    found = holdersOfBareSecrets(ts.createProgram(entries, OPTIONS), isShipped);
  }, 180_000);

  test('are held in SecretBytes, everywhere', () => {
    const bare = found.filter(({ where }) => !(where in ALLOWED));
    expect(bare.map(({ where, line }) => `${where} (line ${line})`)).toEqual([]);
  });

  test('are excepted where there is something to except', () => {
    const there = new Set(found.map(({ where }) => where));
    expect(Object.keys(ALLOWED).filter((where) => !there.has(where))).toEqual([]);
  });

  test('are found however they are held', () => {
    const program = programOf({
      'lib/planted.ts': `
        const key = new Uint8Array(32);
        let sealingKey = key.slice();
        const [first] = [{ secret: key }];
        interface Held { readonly prf: Uint8Array | undefined; readonly keys: readonly Uint8Array[] }
        class Keeper { #secret = key; get entropy() { return this.#secret; } }
        function deriveKey(password: Uint8Array): Promise<Uint8Array> { return Promise.resolve(password); }
        const rootSeed = () => key;
        const { entropy: seed } = new Keeper();
        const publicKey = key; const name = key; const keyCount = 3; const keyText = 'key';
      `,
    });
    const names = holdersOfBareSecrets(program, (path) => path === 'lib/planted.ts').map(({ where }) =>
      where.replace('lib/planted.ts: ', ''),
    );
    expect(names).toEqual([
      ...['key', 'sealingKey', 'secret', 'prf', 'keys', '#secret', 'entropy', 'deriveKey', 'password'],
      ...['rootSeed', 'seed'],
    ]);
  }, 60_000);
});
