/** So many sessions to work with at a time. @param opened closes them. */
export async function openSessions<Session extends AsyncDisposable>(
  open: () => Promise<Session>,
  count: number,
  opened: AsyncDisposableStack,
): Promise<Session[]> {
  return await Promise.all(Array.from({ length: count }, async () => opened.use(await open())));
}

/** Do something with each item, as many at a time as there are sessions; the first failure is thrown and nothing new begun. */
export async function inParallel<Session, Item>(
  sessions: readonly Session[],
  items: readonly Item[],
  work: (session: Session, item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const drain = async (session: Session) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(session, item);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(sessions.map(drain));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
