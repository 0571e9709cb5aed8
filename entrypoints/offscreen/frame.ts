import type { ProverFrame } from '../../lib/prover/index.ts';

const PAGE = '/prover.html';

/**
 * A new frame with the sandboxed page. The manifest gives that an origin of its own and no network; the attribute says
 * so once more, and with it the browser gives the frame a process of its own, which can be ended in the middle of
 * anything.
 */
export function appendFrame(): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.sandbox.add('allow-scripts');
  frame.src = PAGE;
  document.body.append(frame);
  return frame;
}

/**
 * Speaks with what is in a frame. Its origin is opaque, so it is known by its window, and messages to it can name no
 * other target.
 */
export function joinFrame(frame: HTMLIFrameElement, hear: (message: unknown) => void): ProverFrame {
  const listen = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source === frame.contentWindow && source !== null && origin === 'null') hear(data);
  };
  window.addEventListener('message', listen);
  const post: ProverFrame['post'] = (message) => frame.contentWindow?.postMessage(message, '*');
  post({ t: 'hello' });
  return {
    post,
    remove: () => {
      window.removeEventListener('message', listen);
      frame.remove();
    },
  };
}
