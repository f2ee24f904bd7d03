/** As reports say it, to a tenth. @param began what `performance.now()` was */
export function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
