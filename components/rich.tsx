import type { ComponentChild } from 'preact';
import { Fragment } from 'preact';
import type { MessageKey } from '../lib/platform/index.ts';
import { t } from '../lib/platform/index.ts';

/** Stand-ins from the private use area: no message and no cleaned text contains them. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const PIECE = /\uE000(\d)\uE001/u;

/** The message `key` with elements where `$1`, `$2` … stand, in the order the language wants them. */
export const Rich = ({ message, parts }: { message: MessageKey; parts: readonly ComponentChild[] }) => {
  const text = t(message, ...parts.map((_, index) => `${OPEN}${index}${CLOSE}`));
  return (
    <>
      {text.split(PIECE).map((piece, index) => (
        <Fragment key={index}>{index % 2 === 0 ? piece : parts[Number(piece)]}</Fragment>
      ))}
    </>
  );
};
