/** What every offer on the chain says alike. */

/** The house's share of a sale on the chain, in basis points; the contract's own cap is 500. */
export const FEE_BPS = 250;
/** Delivery by the platform's vault (M3): the number of the contract's enum. */
export const BY_VAULT = 0;
/** Delivery by the issuer's re-issue (M1): the price waits in the contract for the issuer's word. */
export const BY_REISSUE = 1;
