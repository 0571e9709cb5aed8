import { useState } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import type { ClaimNames } from './claim-phrase.ts';
import { claimTitle } from './claim-phrase.ts';
import { PickField, TextLine } from './line-fields.tsx';
import { asStart } from './list-words.ts';

const OTHER = '\u0000other';

/** One fact: a known one, or another by its name. */
export const ClaimField = ({
  label,
  value,
  claims,
  names,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly claims: readonly string[];
  readonly names: ClaimNames;
  readonly onChange: (claim: string) => void;
}) => {
  const [named, setNamed] = useState(false);
  const isKnown = claims.includes(value);
  return (
    <>
      <PickField
        label={label}
        value={named || !isKnown ? OTHER : value}
        options={[
          ...claims.map((claim) => ({ value: claim, label: asStart(claimTitle(claim, names)) })),
          { value: OTHER, label: t('rule_claim_other') },
        ]}
        onChange={(chosen) => {
          setNamed(chosen === OTHER);
          if (chosen !== OTHER) onChange(chosen);
        }}
      />
      {(named || !isKnown) && (
        <TextLine
          label={t('rule_claim_name')}
          mono
          value={value}
          maxLength={200}
          onInput={(text) => text.trim() !== '' && onChange(text.trim())}
        />
      )}
    </>
  );
};
