import './popup.css';

// The seal stands in the HTML. It is painted before anything of ours is even compiled: a frame, then the rest.
requestAnimationFrame(() => {
  setTimeout(() => void import('./start.tsx'));
});
