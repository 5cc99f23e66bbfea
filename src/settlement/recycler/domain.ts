/** Names under which a recycler is paid like a person. Pure. */

/** Under which its bank account and payouts are kept. */
export const payeeOfRecycler = (recyclerId: string): string => `recycler.${recyclerId}`;
export const recyclerOfPayee = (userId: string): string | undefined =>
  userId.startsWith('recycler.') ? userId.slice('recycler.'.length) : undefined;
