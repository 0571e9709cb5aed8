import type { CompileOptions, PolicyRequest, PolicySet } from '../../lib/policy/engine/index.ts';
import { ClaimIndex } from '../../lib/policy/engine/claim-index.ts';
import { compileRule } from '../../lib/policy/engine/compiled-rule.ts';
import { FRESH_STATE, compilePolicy, decide, explain, readPolicySet } from '../../lib/policy/engine/index.ts';
import { SubjectIndex } from '../../lib/policy/engine/subject-index.ts';
import { timeBatches } from './batches.ts';
import { cedarPeer, celPeer, jsonLogicPeer, type Peer, REQUEST, TWENTY_RULES } from './policy-peers.ts';
import { type Measured, percentile, type Row, type Suite, toRow } from './row.ts';

const OURS = { batches: 200, calls: 2000 } as const;
const THEIRS = { batches: 100, calls: 100 } as const;
const COMPILES = { batches: 20, calls: 1 } as const;
const SUBJECTS = 500;
const RULES_EACH = 4;

/** What the Rust engine of the field says that a decision costs it, in microseconds. */
const CLAIMED = 2;
const ASK = { askable: true } as const;
const options: CompileOptions = { leastRole: () => 'public' };

/** What a decision costs, against other engines with the same rules and the same request. */
export const policy: Suite = {
  name: 'policy',
  async run() {
    const ours = await timeTwenty();
    const peers: readonly (readonly [string, Peer])[] = [
      ['@marcbachmann/cel-js', celPeer()],
      ['json-logic-js', jsonLogicPeer()],
      ['@cedar-policy/cedar-wasm', cedarPeer()],
    ];
    const against: Row[] = [];
    for (const [name, peer] of peers) {
      if (peer() !== 'permit') throw new Error(`${name} does not permit what the rules permit.`);
      const baseline = await timeBatches(THEIRS, peer);
      against.push(row({ name: `decision, 20 rules, against ${name}`, samples: ours.bare, baseline }));
    }
    return [
      row({ name: 'decision, 20 rules, the last decides: p50', samples: [percentile(ours.bare, 50)], target: 1 }),
      row({ name: 'decision, 20 rules, p99', samples: [percentile(ours.bare, 99)], target: 5 }),
      ...against,
      row({ name: 'decision, 20 rules, against 2 µs claimed', samples: ours.bare, baseline: [CLAIMED] }),
      row({ name: 'explanation, 20 rules, against the decision', ...explained(ours) }),
      ...(await timeMany()),
    ];
  },
};

type Times = { readonly bare: readonly number[]; readonly full: readonly number[] };

const row = (measured: Omit<Measured, 'suite' | 'unit'>): Row => toRow({ suite: 'policy', unit: 'us', ...measured });

/** An explanation may cost three decisions: the middle of each, as the targets are. */
const explained = ({ bare, full }: Times) => {
  const baseline = percentile(bare, 50);
  return { samples: [percentile(full, 50)], baseline: [baseline], target: 3 * baseline };
};

async function timeTwenty(): Promise<Times> {
  const compiled = compilePolicy(TWENTY_RULES, options);
  const { verdict, permit } = decide(compiled, REQUEST, FRESH_STATE, ASK);
  if (verdict !== 'PERMIT' || permit?.rule !== 'rule-19') throw new Error('The last rule did not decide.');
  const bare = await timeBatches(OURS, () => decide(compiled, REQUEST, FRESH_STATE, ASK));
  const full = await timeBatches(OURS, () => explain(compiled, REQUEST, FRESH_STATE, ASK));
  return { bare, full };
}

async function timeMany(): Promise<readonly Row[]> {
  const compiled = compilePolicy(MANY, options);
  const requests = SITES.map((id): PolicyRequest => ({ ...REQUEST, subject: { ...REQUEST.subject, id } }));
  let turn = 0;
  const next = (): PolicyRequest => {
    turn = (turn + 1) % requests.length;
    return requests[turn] ?? REQUEST;
  };
  for (const request of requests) {
    const { verdict } = decide(compiled, request, FRESH_STATE, ASK);
    if (verdict !== 'PERMIT') throw new Error('A subject was not permitted what its rule permits.');
  }
  const bare = await timeBatches(OURS, () => decide(compiled, next(), FRESH_STATE, ASK));
  const full = await timeBatches(OURS, () => explain(compiled, next(), FRESH_STATE, ASK));
  const compiling = (await timeBatches(COMPILES, () => compilePolicy(MANY, options))).map((us) => us / 1000);
  const read = readPolicySet(MANY);
  const indexing = (await timeBatches(COMPILES, () => compileAndIndex(read))).map((us) => us / 1000);
  const size = `${MANY.rules.length} rules over ${SUBJECTS} subjects`;
  return [
    row({ name: `decision, ${size}: p50`, samples: [percentile(bare, 50)], target: 1 }),
    row({ name: `explanation, ${size}, against the decision`, ...explained({ bare, full }) }),
    toRow({ suite: 'policy', name: `compile and index ${size}`, unit: 'ms', samples: indexing, target: 50 }),
    toRow({
      suite: 'policy',
      name: `read, compile, index and hash ${size}`,
      unit: 'ms',
      samples: compiling,
      target: 50,
    }),
  ];
}

/** The part of `compilePolicy` that is neither reading what was stored nor hashing it. */
function compileAndIndex({ rules }: PolicySet): readonly object[] {
  const compiled = rules.map(compileRule);
  return [new SubjectIndex(compiled), new ClaimIndex(compiled)];
}

const SITES = Array.from({ length: SUBJECTS }, (_, place) => `https://shop${place}.example`);

const MANY: PolicySet = {
  v: 1,
  rules: SITES.flatMap((site, subject) =>
    Array.from({ length: RULES_EACH }, (_, place) => ({
      id: `rule-${subject}-${place}`,
      effect: place === 0 ? ('deny' as const) : ('permit' as const),
      subject: { site },
      action: 'prove',
      claims: place === RULES_EACH - 1 ? ['age_over_21'] : [`claim_${place}`, 'email'],
      when: [{ attribute: 'resource.tier', op: 'at_most' as const, value: 2 }],
      locked: false,
      made: { at: 0, by: 'person' as const },
    })),
  ),
};
