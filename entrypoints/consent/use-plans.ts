import { useEffect, useState } from 'preact/hooks';
import { planLike } from '../../components/plan-like.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { PlanView, ProofWaiting } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** The ways to answer a request, and which of them the person is looking at. */
export interface PlanChoice {
  readonly plans: readonly PlanView[];
  /** What is shown; undefined where there is nothing to answer with. */
  readonly plan: PlanView | undefined;
  readonly choose: (digest: string) => void;
  /** Ids of the extras that the person takes in. */
  readonly taken: readonly string[];
  readonly take: (extras: readonly string[]) => void;
  /** What is shown does not have the extras of `taken` yet: nothing can be allowed. */
  readonly settling: boolean;
  /** Why the last extras could not be taken in. */
  readonly error: SignetError | undefined;
}

/** The plans with the extras of `key`. */
interface Narrowed {
  readonly key: string;
  readonly plans: readonly PlanView[];
}

const NO_PLANS: readonly PlanView[] = [];
const NO_EXTRAS: readonly string[] = [];

/** Follows a request: the worker's plans, or those with extras; the credential the person chose stays chosen. */
export function usePlans({ requestId, state }: ProofWaiting): PlanChoice {
  const plain = state.step === 'ready' ? state.plans : NO_PLANS;
  const [taken, setTaken] = useState(NO_EXTRAS);
  const [chosen, setChosen] = useState<PlanView | undefined>(undefined);
  const [narrowed, setNarrowed] = useState<Narrowed | undefined>(undefined);
  const [error, setError] = useState<SignetError | undefined>(undefined);
  // Asked anew when the worker's own plans change: a credential may have gone.
  const key = JSON.stringify([taken, plain.map(({ digest }) => digest)]);
  const isPlain = taken.length === 0 || plain.length === 0;

  useEffect(() => {
    if (isPlain) return;
    let current = true;
    const giveUp = (why: SignetError) => {
      setError(why);
      setTaken(NO_EXTRAS);
    };
    ask('requests.narrow', { requestId, extras: taken }).then(
      ({ plans }) => {
        if (!current) return;
        if (plans.length === 0) giveUp(new SignetError('not_found', t('consent_extras_gone')));
        else setNarrowed({ key, plans });
      },
      (thrown: unknown) => current && giveUp(SignetError.from(thrown)),
    );
    return () => {
      current = false;
    };
  }, [requestId, key]);

  const plans = isPlain ? plain : (narrowed?.plans ?? plain);
  const plan = planLike(plans, chosen);
  return {
    plans,
    plan,
    choose: (digest) => setChosen(plans.find((other) => other.digest === digest)),
    taken,
    take: (extras) => {
      setError(undefined);
      setTaken(extras);
      setChosen(plan); // so that it is found again among plans that are all new
    },
    settling: !isPlain && narrowed?.key !== key,
    error,
  };
}
