// The model's doubt: how a confidence is shown and said.

/** How strongly to shade a value: 0 (sure) to 1. @param {number | null | undefined} sure */
export function shade(sure) {
  if (sure === null || sure === undefined) return 0;
  const doubt = 1 - Math.min(1, Math.max(0, sure));
  return doubt < 0.02 ? 0 : Math.sqrt(doubt);
}

/** @param {number | null | undefined} sure @param {boolean} calibrated whether the numbers were fitted to how often
 * the model is right */
export function note(sure, calibrated) {
  if (sure === null || sure === undefined) return "";
  const percent = sure > 0.99 && sure < 1 ? "over 99" : String(Math.round(100 * sure));
  if (!calibrated) return `The model gives this ${percent} %.`;
  return `The model is ${percent} % sure: of values marked like this, about ${share(sure)} are right.`;
}

/** A probability as a share that one can picture. @param {number} sure */
export function share(sure) {
  if (sure >= 0.99) return "99 in 100";
  if (sure >= 0.95) return "19 in 20";
  if (sure >= 0.875) return "9 in 10";
  if (sure <= 0.05) return "1 in 20";
  return `${Math.max(1, Math.round(5 * sure))} in 5`;
}
