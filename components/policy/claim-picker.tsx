import { useState } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { Problem } from '../notice.tsx';
import type { ClaimNames } from './claim-phrase.ts';
import { claimTitle } from './claim-phrase.ts';
import { asStart } from './list-words.ts';
import { TextLine } from './line-fields.tsx';

/** How many known facts are offered before the person asks for more. */
const AT_FIRST = 12;

/** The facts that a rule is about: any, or those that are pressed in. */
export const ClaimPicker = ({
  chosen,
  claims,
  names,
  onChange,
  problem,
  label = t('rule_facts'),
  withAny = true,
}: {
  readonly chosen: readonly string[] | '*';
  readonly claims: readonly string[];
  readonly names: ClaimNames;
  readonly onChange: (chosen: readonly string[] | '*') => void;
  readonly problem: string | undefined;
  readonly label?: string;
  /** Whether anything at all may be chosen. */
  readonly withAny?: boolean;
}) => {
  const [all, setAll] = useState(false);
  const [adding, setAdding] = useState(false);
  const own = chosen === '*' ? [] : chosen;
  const offered = [...new Set([...(all ? claims : claims.slice(0, AT_FIRST)), ...own])];
  const toggle = (claim: string) =>
    onChange(own.includes(claim) ? own.filter((one) => one !== claim) : [...own, claim].sort());
  return (
    <div class="stack-tight">
      <div class="chips" role="group" aria-label={label}>
        {withAny && (
          <Chip pressed={chosen === '*'} onClick={() => onChange(chosen === '*' ? [] : '*')}>
            {t('rule_facts_any')}
          </Chip>
        )}
        {offered.map((claim) => (
          <Chip key={claim} pressed={own.includes(claim)} onClick={() => toggle(claim)}>
            {asStart(claimTitle(claim, names))}
          </Chip>
        ))}
        {!all && claims.length > AT_FIRST && (
          <button type="button" class="link" onClick={() => setAll(true)}>
            {t('rule_facts_more')}
          </button>
        )}
        {!adding && (
          <button type="button" class="link" onClick={() => setAdding(true)}>
            {t('rule_claim_other')}
          </button>
        )}
      </div>
      {adding && (
        <OtherClaim
          onAdd={(claim) => {
            setAdding(false);
            if (!own.includes(claim)) onChange([...own, claim].sort());
          }}
        />
      )}
      <Problem error={problem} />
    </div>
  );
};

const Chip = ({ pressed, onClick, children }: { pressed: boolean; onClick: () => void; children: string }) => (
  <button type="button" class="chip" aria-pressed={pressed} onClick={onClick}>
    {pressed && <Icon name="check" size={14} />}
    <bdi dir="auto">{children}</bdi>
  </button>
);

const OtherClaim = ({ onAdd }: { onAdd: (claim: string) => void }) => {
  const [name, setName] = useState('');
  return (
    <div class="with-button">
      <TextLine
        label={t('rule_claim_name')}
        mono
        value={name}
        onInput={setName}
        maxLength={200}
        placeholder="address.locality"
      />
      <Button disabled={name.trim() === ''} onClick={() => onAdd(name.trim())}>
        {t('rule_add')}
      </Button>
    </div>
  );
};
