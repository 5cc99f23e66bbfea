/**
 * Who comes to the market of the simulated quarter, how many of each, and what they do: the one file to read, and to
 * change when the market turns out to be another. Shares are our assumptions; 5 % dishonest sellers is what the goals
 * are stated for.
 */

/**
 * Shares of sellers, in thousandths. The last five are the dishonest: 50 of 1,000. They cheat with every card that
 * they list; `drains_*` spend from a copy of the number they kept, where the issuer lets them: after the sale, between
 * the last look and the reveal, or once the buyer has seen it.
 */
export const SELLERS = {
  honest: 850,
  /** Mistakes a face value now and then, or forgets a restriction; owns up when told. */
  careless: 100,
  drains_before: 8,
  drains_between: 5,
  drains_after: 13,
  sells_used: 12,
  never_delivers: 12,
} as const;
export type SellerKind = keyof typeof SELLERS;
export const DISHONEST: readonly SellerKind[] = [
  'drains_before',
  'drains_between',
  'drains_after',
  'sells_used',
  'never_delivers',
];

/** Shares of purchases, in thousandths: who it is that buys. */
export const BUYERS = {
  honest: 825,
  /** Pays and never looks. */
  never_looks: 30,
  /** Looks, uses the card and never says so: the clock confirms. */
  never_confirms: 100,
  /** Pays after the fifteen minutes. */
  pays_late: 30,
  /** Holds a good card, gets something wrong at the till and complains. */
  mistaken: 8,
  /** Spends the card, then says that it was empty; appeals once when it does not work. */
  false_claimer: 5,
  /** Complains about whatever they buy, with any reason that comes to mind, and does not spend it. */
  serial_disputer: 2,
} as const;
export type BuyerKind = keyof typeof BUYERS;

/** How a card changes hands, in thousandths of listings. */
export const DELIVERIES = { vault: 850, seller: 120, mail: 30 } as const;

/**
 * What is sold, in thousandths, by what its issuer can do for us: re-issue (a new number), lock, or only answer.
 * Sellers come with what they hold; nobody keeps them from cards that can only be asked about.
 */
export const WARES = [
  { sku: 'weihe-gift', able: 'reissue', share: 250, faces: [10_000, 20_000, 50_000] },
  { sku: 'manhecang-card', able: 'reissue', share: 200, faces: [10_000, 20_000, 50_000] },
  { sku: 'yunlu-ecard', able: 'reissue', share: 200, faces: [5_000, 10_000, 20_000] },
  { sku: 'shiju-ecard', able: 'reissue', share: 100, faces: [10_000, 20_000] },
  { sku: 'luyu-card', able: 'lock', share: 100, faces: [20_000, 30_000] },
  { sku: 'mujing-card', able: 'lock', share: 50, faces: [10_000, 20_000] },
  { sku: 'huiyu-ecard', able: 'ask', share: 60, faces: [10_000, 20_000] },
  { sku: 'luxi-card', able: 'ask', share: 40, faces: [10_000, 20_000] },
] as const;

/** Chances that something happens, in thousandths. */
export const CHANCES = {
  /** A careless seller gets this card wrong: its face, or a restriction that the catalogue does not know. */
  wrongFace: 100,
  forgotRestriction: 10,
  /** A seller who is told of a claim and does not answer in time. */
  honestSilence: 30,
  dishonestSilence: 500,
  /** The issuer freezes by mistake a card that was sold and not spent yet; of the honest buyers' cards. */
  issuerFreezes: 1,
  /** Buyers who take a few days until they spend the card; the others spend it while they inspect. */
  spendsLater: 300,
} as const;

/** Accounts of one person (by borrowed names) who trade among themselves for a score; counted apart. */
export const RING = { accounts: 20, trades: 120 } as const;

/** Days of the quarter on which an issuer answers nobody, by issuer. */
export const OUTAGES: readonly { issuer: string; days: readonly number[] }[] = [
  { issuer: 'weihe', days: [17, 18] },
  { issuer: 'yunlu', days: [41] },
  { issuer: 'luyu', days: [63] },
];

export const DAYS = 90;
