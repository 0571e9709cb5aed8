import type { JsonObject, Origin } from '../../core/index.ts';
import { assertField, currencyDecimals, isJsonObject, parseOrigin } from '../../core/index.ts';

/** A hidden clause: one whole permission. Who may take it, for what, up to how much, and under which policy. */
export interface Permission {
  /** The exact origin that may take it. */
  readonly audience: Origin;
  /** What may be done: 1 to 64 of A-Z a-z 0-9 `_ . : -`. */
  readonly action: string;
  /** At most so many minor units of `currency`. Without both, the permission moves no money. */
  readonly amount?: number;
  /** ISO 4217. */
  readonly currency?: string;
  /** Source of the policy that must permit each use too. */
  readonly policy?: string;
  /** Whom the person sees: a name, not an identifier. */
  readonly merchant?: string;
  readonly purpose?: string;
}

const NAMES = new Set<string>([
  'audience',
  'action',
  'amount',
  'currency',
  'policy',
  'merchant',
  'purpose',
] satisfies readonly (keyof Permission)[]);

const ACTION = /^[A-Za-z0-9_.:-]{1,64}$/;
const MOST_TEXT = { policy: 6144, merchant: 200, purpose: 140 } as const;

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isCurrency = (value: unknown): value is string =>
  typeof value === 'string' && currencyDecimals(value) !== undefined;

/**
 * A permission, read from a value of any shape by its own members alone. A member without a meaning here could be one
 * that narrows, so it is refused.
 * @throws SignetError bad_request, naming the member
 */
export function readPermission(value: unknown): Permission {
  assertField(isJsonObject(value), 'permission', 'A permission is an object.');
  const unknown = Object.keys(value).find((name) => !NAMES.has(name));
  assertField(unknown === undefined, unknown ?? 'permission', 'A permission has a member that has no meaning.');
  const { audience, action } = { audience: own(value, 'audience'), action: own(value, 'action') };
  assertField(typeof audience === 'string' && audience.length <= 256, 'audience', 'A permission names an origin.');
  assertField(typeof action === 'string' && ACTION.test(action), 'action', 'A permission names an action.');
  return { audience: parseOrigin(audience, 'audience'), action, ...readMoney(value), ...readTexts(value) };
}

function readMoney(value: JsonObject): Pick<Permission, 'amount' | 'currency'> {
  const { amount, currency } = { amount: own(value, 'amount'), currency: own(value, 'currency') };
  if (amount === undefined && currency === undefined) return {};
  assertField(isAmount(amount), 'amount', 'An amount is a whole number of minor units.');
  assertField(isCurrency(currency), 'currency', 'A currency is the ISO 4217 code of one in use.');
  return { amount, currency };
}

function readTexts(value: JsonObject): Pick<Permission, keyof typeof MOST_TEXT> {
  const [policy, merchant, purpose] = [text(value, 'policy'), text(value, 'merchant'), text(value, 'purpose')];
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(merchant === undefined ? {} : { merchant }),
    ...(purpose === undefined ? {} : { purpose }),
  };
}

function text(value: JsonObject, name: keyof typeof MOST_TEXT): string | undefined {
  const found = own(value, name);
  if (found === undefined) return undefined;
  const most = MOST_TEXT[name];
  const fits = typeof found === 'string' && found !== '' && found.length <= most && found.isWellFormed();
  assertField(fits, name, `${name} is text of at most ${most} characters.`);
  return found;
}

const own = (value: JsonObject, name: keyof Permission): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;
