import * as v from 'valibot';
import { SignetError, isJsonObject } from '../../../lib/core/index.ts';
import type { PreparedIssuer } from '../../../lib/sdk/trusted-issuer.ts';
import { prepareIssuers } from '../../../lib/sdk/trusted-issuer.ts';
import { SELF_ISSUER } from '../../../lib/credentials/verifying/index.ts';
import type { YamlText } from '../../../lib/tool-policy/reading/yaml-text.ts';
import { readYaml } from '../../../lib/tool-policy/reading/index.ts';
import { fieldAt } from '../../../lib/tool-policy/reading/problem.ts';
import { messageOf } from '../../../lib/tool-policy/reading/policy-schema.ts';
import type { ConfigurationFile } from './schema.ts';
import { configurationSchema } from './schema.ts';

/** What a verification server answers for, and within which bounds. Keys and certificates are read. */
export interface Configuration extends Omit<ConfigurationFile, 'issuers'> {
  readonly issuers: readonly PreparedIssuer[];
}

/** What is wrong with the file, and where. */
export interface ConfigurationProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** A path such as `issuers[2].jwks`. */
  readonly field: string;
  readonly message: string;
}

export type ConfigurationReading =
  | { readonly configuration: Configuration; readonly problems: readonly [] }
  | { readonly configuration?: never; readonly problems: readonly ConfigurationProblem[] };

/** Reads the configuration, YAML or JSON, whole or not at all, and finds everything that is wrong with it. Never throws. */
export function readConfiguration(file: string): ConfigurationReading {
  let yaml: YamlText;
  try {
    yaml = readYaml(file);
  } catch (error) {
    return { problems: [ofFile(SignetError.from(error).message)] };
  }
  if (!isJsonObject(yaml.value)) return { problems: [{ ...yaml.placeOf([]), field: 'file', message: NO_MAP }] };
  const form = v.safeParse(configurationSchema, yaml.value);
  if (form.success) return readIssuers(form.output, yaml);
  return {
    problems: form.issues.map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => key as string | number); // JSON has no other keys
      return { ...yaml.placeOf(path), field: fieldAt(path), message: messageOf(issue) };
    }),
  };
}

/** Where nobody has said anything yet: no issuer is trusted and no audience answered for, so nothing is ever valid. */
export const trustingNobody = (): Configuration => ({
  ...v.parse(v.omit(configurationSchema, ['audiences', 'issuers']), {}),
  audiences: [],
  issuers: [],
});

/** `line 12, issuers[0].jwks: …` */
export const describeConfigurationProblem = ({ line, field, message }: ConfigurationProblem): string =>
  `line ${line}, ${field}: ${message}`;

const NO_MAP = 'A configuration is a map with audiences and issuers.';

function ofFile(message: string): ConfigurationProblem {
  const [, line, column, rest] = /^line (\d+), column (\d+): ([^]*)$/.exec(message) ?? [];
  return { line: Number(line ?? 1), column: Number(column ?? 1), field: 'file', message: rest ?? message };
}

function readIssuers(form: ConfigurationFile, yaml: YamlText): ConfigurationReading {
  const issuers: PreparedIssuer[] = [];
  const problems: ConfigurationProblem[] = [];
  for (const [place, entry] of form.issuers.entries()) {
    try {
      issuers.push(readIssuer(entry, form.types));
    } catch (error) {
      const { message, field = '' } = SignetError.from(error);
      const path = ['issuers', place, ...field.split('.').slice(1)];
      problems.push({ ...yaml.placeOf(path), field: fieldAt(path), message });
    }
  }
  return problems.length > 0 ? { problems } : { configuration: { ...form, issuers }, problems: [] };
}

function readIssuer(entry: ConfigurationFile['issuers'][number], types: readonly string[] | undefined): PreparedIssuer {
  const refuse = (message: string, field: string): SignetError => new SignetError('bad_request', message, { field });
  const { issuer, jwks, anchors } = entry;
  const [prepared] = prepareIssuers([{ issuer, ...defined({ types: entry.types, jwks, anchors }) }]);
  if (prepared === undefined) throw refuse('This issuer cannot be read.', 'issuers');
  if (prepared.types === undefined && types === undefined) {
    throw refuse('Say types, here or for all issuers.', 'issuers.types');
  }
  if (jwks !== undefined && prepared.keys.length + prepared.bbsKeys.length < jwks.keys.length) {
    throw refuse('One of these keys is of no kind that is verified: P-256, P-384 or Ed25519.', 'issuers.jwks');
  }
  if (issuer !== SELF_ISSUER && prepared.keys.length + prepared.anchors.length === 0) {
    throw refuse('BBS proofs show no holder, and are not taken here.', 'issuers.jwks');
  }
  return prepared;
}

/** Without what is undefined. */
const defined = <T extends object>(members: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never; // just so filtered
