/** Do something every so many ms. What fails is told, and ends nothing: it is tried again at the next turn. */
export function repeat(every: number, work: () => unknown, onFailure: (error: unknown) => void): NodeJS.Timeout {
  return setInterval(() => void Promise.try(work).catch(onFailure), every);
}
