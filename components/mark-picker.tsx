import { t } from '../lib/platform/index.ts';
import { Mark, markWords } from './mark.tsx';
import type { Colour, Shape } from './mark-names.ts';
import { COLOURS, colourNames, shapeNames } from './mark-names.ts';

export interface ChosenMark {
  readonly shape: Shape;
  readonly colour: Colour;
}

/** Chooses the personal mark: a shape and a colour. */
export const MarkPicker = ({ mark, onChange }: { mark: ChosenMark; onChange: (mark: ChosenMark) => void }) => (
  <div class="mark-picker">
    <div class="mark-chosen">
      <Mark mark={mark} size={96} />
      <p role="status">{markWords(mark)}</p>
    </div>
    <div class="stack grow">
      <fieldset class="field">
        <legend>{t('mark_shape')}</legend>
        <div class="swatches">
          {shapeNames.map((shape) => (
            <label key={shape} class="swatch">
              <input
                type="radio"
                name="shape"
                class="unseen"
                checked={shape === mark.shape}
                onChange={() => onChange({ ...mark, shape })}
              />
              <Mark mark={{ shape, colour: mark.colour }} size={40} label={t(`shape_${shape}`)} />
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset class="field">
        <legend>{t('mark_colour')}</legend>
        <div class="swatches">
          {colourNames.map((colour) => (
            <label key={colour} class="swatch">
              <input
                type="radio"
                name="colour"
                class="unseen"
                checked={colour === mark.colour}
                onChange={() => onChange({ ...mark, colour })}
              />
              <svg width="40" height="40" viewBox="0 0 40 40" role="img" aria-label={t(`colour_${colour}`)}>
                <rect width="40" height="40" rx="10" fill={COLOURS[colour]} />
              </svg>
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  </div>
);
