import { displayText } from '../../lib/core/index.ts';
import type {
  AskReason,
  CapabilityPlanView,
  CapabilityTermsView,
  LimitStandingView,
} from '../../lib/messaging/contract.ts';

const LIMIT_PERIODS = { token: 'a token', day: 'a day', month: 'a month' } as const;

/** What a token would allow, in the lines that the person says yes to. */
export function capabilityLines({
  origin,
  purpose,
  terms,
  plan,
}: {
  readonly origin: string;
  readonly purpose: string;
  readonly terms: CapabilityTermsView;
  readonly plan: CapabilityPlanView;
}): readonly string[] {
  return [
    '',
    `Who could use it:  ${origin}`,
    `What it allows:    ${whatWords(terms)}`,
    `How often:         ${terms.oneTime ? 'once' : 'more than once, all together up to that'}`,
    `How long:          ${terms.lifetime} seconds from your yes`,
    `By whom:           ${terms.bearer ? 'whoever has a copy of it' : 'the holder of the key that was named'}`,
    `What for:          “${displayText(purpose, 140)}”`,
    ...plan.limits.map(limitLine),
    ...plan.why.map((reason) => `Why you are asked: ${whyWords(reason)}`),
    ...plan.standings.slice(0, 1).map(({ authority }) => `Shown with:        a permission of ${authority}`),
    '',
  ];
}

function whatWords({ kind, amount, currency }: CapabilityTermsView): string {
  const word = displayText(kind, 64);
  return amount === undefined || currency === undefined ? `“${word}”` : `“${word}”, up to ${amount} ${currency}`;
}

const limitLine = ({ limit, left }: LimitStandingView): string =>
  `Your limit:        ${limit.amount} ${limit.currency} ${LIMIT_PERIODS[limit.per]}, ${left} of it left`;

/** In the words of the extension's consent window, as far as they are about tokens. */
function whyWords(reason: AskReason): string {
  switch (reason.kind) {
    case 'ask_rule':
      return 'one of your rules says to ask you.';
    case 'indeterminate':
      return 'one of your rules could not be checked.';
    case 'role':
      return `it is not trusted enough for ${displayText(reason.label, 64)}.`;
    case 'obligation':
      return 'a permission that you gave does not hold now.';
    case 'restored':
      return 'a backup was restored since you allowed this.';
    case 'bound':
    case 'no_rule':
      return 'no rule of yours permits it.';
  }
}
