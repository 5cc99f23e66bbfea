/** What can go wrong with a sale, case by case, and the truth about each; for the tests of the rules. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { DAY, HOUR, type Keys, MINUTE, plus } from '#platform';
import type { Facts, IssuerEvent } from './facts.ts';
import type { RuleName } from './rules.ts';
import {
  BEFORE_REVEAL,
  handedOver,
  LISTED,
  PRICE,
  probe,
  REVEALED,
  sale,
  T0,
  used,
} from './world.fixture.ts';

const pair = generateKeyPairSync('ed25519');
export const keys: Pick<Keys, 'sign'> = { sign: (message) => sign(null, message, pair.privateKey) };
export const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const forger = generateKeyPairSync('ed25519');
export const forged: Pick<Keys, 'sign'> = {
  sign: (message) => sign(null, message, forger.privateKey),
};

export const AFTER = plus(REVEALED, 10 * MINUTE);
export const good = probe(keys, BEFORE_REVEAL);
const atListing = probe(keys, LISTED);
const frozen = (at: Date, causeAt?: Date): IssuerEvent => ({
  ...{ at, kind: 'frozen', amountFen: null },
  ...(causeAt && { causeAt }),
});

export type Truth = [rule: RuleName, refundFen: bigint, fault: string] | 'desk';
/** Sales in words, each with what must come of it. */
export const scenarios: Record<string, [Facts, Truth]> = {
  'the card was empty at the reveal': [
    sale({ probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'USED_OR_VOID', balance: 0n }) }),
    ['dead_at_reveal', PRICE, 'seller'],
  ],
  'the card held 60 of 100 at the reveal': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FACE_MISMATCH_UNBOUND', balance: 6_000n }),
    }),
    ['short_at_reveal', 3_600n, 'seller'],
  ],
  'the card held 60 of 100 and was therefore never shown': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FACE_MISMATCH_UNBOUND', balance: 6_000n }),
      revealedAt: null,
      custody: handedOver(null),
    }),
    ['short_at_reveal', PRICE, 'seller'],
  ],
  'the card held 60 of 100, of which the seller used another 10 later': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FACE_MISMATCH_UNBOUND', balance: 6_000n }),
      issuerEvents: [used(AFTER, 1_000n, 'seller')],
    }),
    ['short_at_reveal', 4_500n, 'seller'],
  ],
  'a third of a fen is rounded for the buyer': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FACE_MISMATCH_UNBOUND', balance: 9_999n }),
    }),
    ['short_at_reveal', 1n, 'seller'],
  ],
  'the seller drained the card while it lay in the vault, no probe at the reveal': [
    sale({ verifiedAtListing: atListing, issuerEvents: [used(plus(LISTED, DAY))] }),
    ['used_before_reveal', PRICE, 'seller'],
  ],
  'the seller drained the card between the last look and the reveal': [
    sale({
      probeAtReveal: probe(keys, plus(REVEALED, -HOUR)),
      issuerEvents: [used(plus(REVEALED, -30 * MINUTE))],
      custody: [
        { holder: 'seller', from: LISTED, to: null },
        { holder: 'buyer', from: REVEALED, to: null },
      ],
    }),
    ['used_after_last_look', PRICE, 'seller'],
  ],
  'used a minute before the reveal by the issuer’s clock, which may be wrong by two': [
    sale({
      probeAtReveal: probe(keys, plus(REVEALED, -HOUR)),
      issuerEvents: [used(plus(REVEALED, -MINUTE))],
      custody: [
        { holder: 'seller', from: LISTED, to: null },
        { holder: 'buyer', from: REVEALED, to: null },
      ],
    }),
    'desk',
  ],
  'a re-issued number that nobody was shown was used': [
    sale({
      probeAtReveal: probe(keys, plus(REVEALED, -HOUR), { grade: 'V5' }),
      issuerEvents: [used(plus(REVEALED, -30 * MINUTE))],
    }),
    'desk',
  ],
  'the buyer spends it in the same moment in which the issuer is asked': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(T0)],
      probeAtClaim: probe(keys, T0, { code: 'USED_OR_VOID', balance: 0n }),
    }),
    ['buyer_spent', 0n, 'buyer'],
  ],
  'the seller used 30 of 100 before the reveal': [
    sale({ verifiedAtListing: atListing, issuerEvents: [used(plus(LISTED, DAY), 3_000n)] }),
    ['used_before_reveal', 2_700n, 'seller'],
  ],
  'used before the listing was verified, and so known in the price': [
    sale({ verifiedAtListing: atListing, issuerEvents: [used(plus(LISTED, -DAY), 3_000n)] }),
    'desk',
  ],
  'a part used before the reveal of a card nobody ever probed': [
    sale({ delivery: 'seller', issuerEvents: [used(plus(LISTED, DAY), 3_000n)] }),
    'desk',
  ],
  'the buyer spent it and says it was empty': [
    sale({ verifiedAtListing: atListing, probeAtReveal: good, issuerEvents: [used(AFTER)] }),
    ['buyer_spent', 0n, 'buyer'],
  ],
  'the buyer spent it in two goes, one of unknown amount': [
    sale({ probeAtReveal: good, issuerEvents: [used(AFTER, 4_000n), used(plus(AFTER, 1), null)] }),
    ['buyer_spent', 0n, 'buyer'],
  ],
  'the issuer paid the whole amount out after the reveal, which proves that it was there': [
    sale({ issuerEvents: [used(AFTER)] }),
    ['buyer_spent', 0n, 'buyer'],
  ],
  'the buyer used 40, and 60 are still there': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(AFTER, 4_000n)],
      probeAtClaim: probe(keys, T0, { code: 'FACE_MISMATCH_UNBOUND', balance: 6_000n }),
    }),
    ['buyer_spent', 0n, 'buyer'],
  ],
  'the buyer used 40, and the other 60 are gone without a trace': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(AFTER, 4_000n)],
      probeAtClaim: probe(keys, T0, { code: 'USED_OR_VOID', balance: 0n }),
    }),
    'desk',
  ],
  'the seller kept the number and used the card after the sale': [
    sale({ probeAtReveal: good, issuerEvents: [used(AFTER, 10_000n, 'seller')] }),
    ['seller_spent_after_reveal', PRICE, 'seller'],
  ],
  'buyer and seller each used a half after the sale': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(AFTER, 5_000n, 'seller'), used(plus(AFTER, 1), 5_000n, 'buyer')],
    }),
    ['seller_spent_after_reveal', 4_500n, 'seller'],
  ],
  'used after the reveal while the seller could still use it too': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(AFTER)],
      custody: [...handedOver(), { holder: 'seller', from: LISTED, to: null }],
    }),
    'desk',
  ],
  'frozen after the reveal because it was reported stolen before the listing': [
    sale({ probeAtReveal: good, issuerEvents: [frozen(AFTER, plus(LISTED, -DAY))] }),
    ['frozen_for_earlier_cause', PRICE, 'seller'],
  ],
  'frozen for a cause from before the seller had it': [
    sale({
      probeAtReveal: good,
      issuerEvents: [frozen(AFTER, plus(LISTED, -90 * DAY))],
      custody: [
        { holder: 'issuer', from: plus(LISTED, -365 * DAY), to: plus(LISTED, -30 * DAY) },
        ...handedOver(),
      ],
    }),
    ['frozen_for_earlier_cause', PRICE, 'issuer'],
  ],
  'frozen after the buyer had used 40 of 100': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(AFTER, 4_000n), frozen(plus(AFTER, 1), plus(LISTED, -DAY))],
    }),
    ['frozen_for_earlier_cause', 5_400n, 'seller'],
  ],
  'frozen after the reveal, and nobody says why': [
    sale({ probeAtReveal: good, issuerEvents: [frozen(AFTER)] }),
    'desk',
  ],
  'frozen at the reveal': [
    sale({ probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FROZEN_BY_ISSUER', balance: -1n }) }),
    ['dead_at_reveal', PRICE, 'seller'],
  ],
  'expired a month before the day that the seller promised': [
    sale({
      promisedExpiresOn: '2026-04-01',
      probeAtClaim: probe(keys, T0, { code: 'EXPIRED', balance: -1n }),
    }),
    ['expired_early', PRICE, 'seller'],
  ],
  'expired before the day that the issuer itself had named': [
    sale({
      promisedExpiresOn: '2026-04-01',
      verifiedAtListing: atListing,
      probeAtClaim: probe(keys, T0, { code: 'EXPIRED', balance: -1n }),
    }),
    ['expired_early', PRICE, 'issuer'],
  ],
  'the buyer let it expire': [
    sale({
      promisedExpiresOn: '2026-03-01',
      probeAtReveal: good,
      probeAtClaim: probe(keys, T0, { code: 'EXPIRED', balance: -1n }),
    }),
    ['expired_as_promised', 0n, 'buyer'],
  ],
  'wrong credentials from a seller who delivers': [
    sale({
      delivery: 'seller',
      probeAtClaim: probe(keys, T0, { code: 'BAD_CREDENTIALS', balance: -1n }),
    }),
    ['wrong_secret_delivered', PRICE, 'seller'],
  ],
  'wrong credentials at the reveal of a seller who delivers': [
    sale({
      delivery: 'seller',
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'BAD_CREDENTIALS', balance: -1n }),
    }),
    ['wrong_secret_at_reveal', PRICE, 'seller'],
  ],
  'right in the vault, wrong at the reveal: the buyer is refunded, nobody is proved at fault': [
    sale({
      verifiedAtListing: atListing,
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'BAD_CREDENTIALS', balance: -1n }),
    }),
    ['wrong_secret_at_reveal', PRICE, 'unknown'],
  ],
  'wrong number on a mailed card: the buyer typed it': [
    sale({
      delivery: 'mail',
      probeAtClaim: probe(keys, T0, { code: 'BAD_CREDENTIALS', balance: -1n }),
    }),
    'desk',
  ],
  'never vaulted, never probed': [sale({ delivery: 'seller' }), 'desk'],
  'mailed and never probed': [sale({ delivery: 'mail', revealedAt: null }), 'desk'],
  'good at the reveal, empty at the claim, and the old number could be used by the seller too': [
    sale({
      probeAtReveal: good,
      probeAtClaim: probe(keys, T0, { code: 'USED_OR_VOID', balance: 0n }),
    }),
    'desk',
  ],
  'good at the reveal, empty at the claim, on a number that only the buyer knew': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { grade: 'V5' }),
      probeAtClaim: probe(keys, T0, { code: 'USED_OR_VOID', balance: 0n, grade: 'V5' }),
    }),
    ['lost_in_buyers_hands', 0n, 'buyer'],
  ],
  'all of it still there at the claim': [
    sale({ probeAtReveal: good, probeAtClaim: probe(keys, T0) }),
    ['works_as_promised', 0n, 'unknown'],
  ],
  'all of it still there, but the claim is about restrictions': [
    sale({ reason: 'RESTRICTED', probeAtReveal: good, probeAtClaim: probe(keys, T0) }),
    'desk',
  ],
  'the balance rose between two probes': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FACE_MISMATCH_UNBOUND', balance: 6_000n }),
      probeAtClaim: probe(keys, T0),
    }),
    'desk',
  ],
  'used up before a probe that shows it full': [
    sale({
      verifiedAtListing: atListing,
      probeAtReveal: good,
      issuerEvents: [used(plus(LISTED, DAY), 1n)],
    }),
    'desk',
  ],
  'more was used than there was': [
    sale({ probeAtReveal: good, issuerEvents: [used(AFTER, 10_001n)] }),
    'desk',
  ],
  'the probe at the reveal was made after it': [
    sale({
      probeAtReveal: probe(keys, plus(REVEALED, HOUR), { code: 'USED_OR_VOID', balance: 0n }),
    }),
    'desk',
  ],
  'a probe that somebody else signed': [
    sale({ probeAtReveal: probe(forged, BEFORE_REVEAL, { code: 'USED_OR_VOID', balance: 0n }) }),
    'desk',
  ],
  'a forged probe spoils the file, even beside an honest event': [
    sale({ probeAtReveal: probe(forged, BEFORE_REVEAL), issuerEvents: [used(AFTER)] }),
    'desk',
  ],
  'used twice, and together more than there was': [
    sale({
      probeAtReveal: good,
      issuerEvents: [used(AFTER, 6_000n), used(plus(AFTER, 1), 6_000n)],
    }),
    'desk',
  ],
  'used before the reveal, frozen as stolen, and never shown': [
    sale({
      verifiedAtListing: atListing,
      issuerEvents: [used(plus(LISTED, DAY), 1n), frozen(plus(LISTED, 2 * DAY))],
      ...{ revealedAt: null, custody: handedOver(null) },
    }),
    ['frozen_for_earlier_cause', PRICE, 'seller'],
  ],
  'a probe of another card': [
    sale({
      verifiedAtListing: atListing,
      probeAtReveal: probe(keys, BEFORE_REVEAL, {
        ...{ code: 'USED_OR_VOID', balance: 0n },
        cardId: '018f0000-0000-7000-8000-000000000000',
      }),
    }),
    'desk',
  ],
  'the issuer could not be reached for any probe': [
    sale({
      probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'ISSUER_EXTRA_CHECK', balance: -1n }),
    }),
    'desk',
  ],
};
