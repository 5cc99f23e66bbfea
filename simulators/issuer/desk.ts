/** The issuers' back office: cards change here and nowhere else, and each request number is answered once. */
import { createHash, randomBytes } from 'node:crypto';
import { chainAddressOf, commitTo, type ReissueTerms, signReissued } from './chain-word.ts';
import { cardOf, freshPin, type Issuer, makeCard, type Product, pinOf, products } from './world.ts';

const DAY_MS = 86_400_000;
/** How long a transfer or a redemption can be undone. */
const VOID_WINDOW_MS = DAY_MS;

type CardState = 'inactive' | 'active' | 'held' | 'redeemed' | 'expired' | 'frozen' | 'void';

interface Card {
  product: Product;
  number: string;
  pin: string | undefined;
  state: CardState;
  balanceFen: bigint;
  expiresOn?: string;
  bound?: boolean;
  needs?: 'receipt' | 'extra_check';
  /** Somebody else empties it as soon as it was looked at once. */
  drainsNext: boolean;
  hold?: { id: string; until: number };
  /** When the shop sold it, where that is told. */
  soldAt?: string;
  /** When money was last spent from it, and how much. */
  lastUse?: { at: string; amountFen: string };
}

export interface Request {
  requestNo: string;
  sku?: string;
  number?: string;
  pin?: string;
  amountFen?: string;
  ttlMs?: number;
  holdId?: string;
  id?: string;
  chain?: ReissueTerms;
}
/** How the desk takes one request; what it did so stays its answer to that number. */
export interface Mood {
  refuses?: boolean;
  signsWrongly?: boolean;
}
export type Said =
  | { ok: true; value: object; fresh?: { number: string; pin?: string; salt: string } }
  | { ok: false; error: { kind: string } };

/** What lets an issuer do more than the operation of its own name. */
const CAP_OF: Readonly<Record<string, string>> = { release: 'lock', chain_key: 'reissue' };

const no = (kind: string): Said => ({ ok: false, error: { kind } });
const id = (): string => randomBytes(9).toString('base64url');

export class Desk {
  readonly #cards = new Map<string, Card>();
  readonly #undo = new Map<string, { at: number; undo: () => Said }>();
  readonly #answers = new Map<string, { digest: string; op: string; said: Said }>();
  readonly #now: () => number;
  #serial = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The same number again is the same answer; with other content it is a conflict. */
  handle(issuer: Issuer, op: string, request: Request, mood: Mood = {}): Said {
    const digest = createHash('sha256')
      .update(JSON.stringify([issuer.id, op, request]))
      .digest('hex');
    const before = this.#answers.get(request.requestNo);
    if (before) return before.digest === digest ? before.said : no('conflict');
    const said = mood.refuses ? no('restricted') : this.#act(issuer, op, request, mood);
    this.#answers.set(request.requestNo, { digest, op, said });
    return said;
  }

  answerTo(requestNo: string): { op: string; said: Said } | undefined {
    return this.#answers.get(requestNo);
  }

  /** Whether anybody ever asked about this card. */
  knows(number: string): boolean {
    return this.#cards.has(number);
  }

  /** How many requests of each kind were carried out; for tests that count. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { op, said } of this.#answers.values())
      if (said.ok) counts[op] = (counts[op] ?? 0) + 1;
    return counts;
  }

  #act(issuer: Issuer, op: string, request: Request, mood: Mood): Said {
    if (!issuer.caps.includes(CAP_OF[op] ?? op)) return no('restricted');
    if (op === 'chain_key') return { ok: true, value: { address: chainAddressOf(issuer.id) } };
    if (op === 'release') return this.#release(request.holdId ?? '');
    if (op === 'void') return this.#void(request.id ?? '');
    const card = this.#find(request.sku ?? '', request.number ?? '');
    // One answer for a wrong number and a wrong PIN, so that numbers cannot be sought out.
    if (!card || card.product.issuerId !== issuer.id || card.pin !== request.pin)
      return no('bad_secret');
    if (op === 'inquire') return this.#inquire(card);
    // Whoever holds a card may have it re-issued, or held for longer, under that hold, which stays.
    const isUnder = op === 'reissue' || op === 'lock';
    const fault = this.#fault(card, isUnder ? request.holdId : undefined);
    if (fault) return no(fault);
    if (op === 'lock') return this.#lock(card, request);
    if (op === 'transfer') return this.#transfer(issuer, card);
    if (op === 'reissue') return this.#reissue(issuer, card, request, mood);
    return op === 'redeem' ? this.#redeem(card, request) : no('restricted');
  }

  #inquire(card: Card): Said {
    const { expiresOn, bound, needs, balanceFen, soldAt } = card;
    const value = {
      // A lock hides nothing that is wrong with the card.
      state: card.state === 'active' && this.#isHeld(card) ? 'held' : card.state,
      balanceFen: String(balanceFen),
      ...(expiresOn !== undefined && { expiresOn }),
      ...(bound && { bound }),
      ...(needs && { needs }),
      ...(soldAt !== undefined && { soldAt }),
      ...(card.lastUse && { lastUse: card.lastUse }),
      asOf: new Date(this.#now()).toISOString(),
    };
    if (card.drainsNext) this.#drain(card);
    return { ok: true, value };
  }

  #fault(card: Card, holdId?: string): string | undefined {
    if (this.#isHeld(card) && (holdId === undefined || card.hold?.id !== holdId)) return 'conflict';
    const kinds: Record<CardState, string | undefined> = {
      active: undefined,
      held: 'conflict',
      inactive: 'inactive',
      frozen: 'frozen',
      expired: 'expired',
      redeemed: 'already_used',
      void: 'already_used',
    };
    if (kinds[card.state]) return kinds[card.state];
    if (card.bound) return 'restricted';
    return card.balanceFen === 0n ? 'already_used' : undefined;
  }

  /** A hold that is named is made longer; one that is over, or was given back, does not come to life again. */
  #lock(card: Card, { amountFen = '0', ttlMs = 0, holdId }: Request): Said {
    if (BigInt(amountFen) > card.balanceFen) return no('insufficient');
    if (holdId !== undefined && !this.#isHeld(card)) return no('window_over');
    const hold = { id: holdId ?? id(), until: this.#now() + ttlMs };
    card.hold = hold;
    return { ok: true, value: { holdId: hold.id, until: new Date(hold.until).toISOString() } };
  }

  #release(holdId: string): Said {
    const card = [...this.#cards.values()].find((one) => one.hold?.id === holdId);
    if (!card) return no('not_found');
    delete card.hold;
    return { ok: true, value: { undone: true } };
  }

  #transfer(issuer: Issuer, card: Card): Said {
    const fresh = this.#freshCard(card);
    const { number, pin } = fresh;
    const transferId = id();
    const moved = card.balanceFen;
    card.state = 'void';
    card.balanceFen = 0n;
    this.#undo.set(transferId, {
      at: this.#now(),
      undo: () => {
        // A re-issue made the card somebody else's: the old number must not come back beside it.
        const isAsBorn = fresh.pin === pin && fresh.balanceFen === moved;
        if (!isAsBorn || this.#isHeld(fresh)) return no('conflict');
        fresh.state = 'void';
        fresh.balanceFen = 0n;
        card.state = 'active';
        card.balanceFen = moved;
        return { ok: true, value: { undone: true } };
      },
    });
    const salt = randomBytes(16).toString('base64url');
    const commitment = createHash('sha256')
      .update(`${salt}|${number}|${pin ?? ''}`)
      .digest('hex');
    const isSigned = issuer.caps.includes('signed');
    return {
      ok: true,
      value: { transferId, balanceFen: String(moved), ...(isSigned && { commitment }) },
      fresh: { number, ...(pin !== undefined && { pin }), salt },
    };
  }

  /** The same number under a new PIN, told to a chain; that cannot be undone. A card without a PIN has nothing to renew. */
  #reissue(issuer: Issuer, card: Card, { chain }: Request, mood: Mood): Said {
    const { product, number, pin: old } = card;
    if (!product.pinRule || !chain) return no('restricted');
    let pin = freshPin(product.pinRule);
    while (pin === old) pin = freshPin(product.pinRule);
    card.pin = pin;
    const fresh = { number, pin, salt: randomBytes(32).toString('base64url') };
    const newCommit = commitTo(chain.cardId, fresh);
    const signature = signReissued(issuer.id, chain, newCommit, mood.signsWrongly ?? false);
    const balanceFen = String(card.balanceFen);
    return { ok: true, value: { balanceFen, newCommit, signature }, fresh };
  }

  /** A number nobody has; its natural fate is good, so that it survives a restart of the simulator. */
  #freshCard(card: Card): Card {
    for (;;) {
      const faceFen = (card.balanceFen / 100n || 1n) * 100n;
      const serial = (this.#serial++ * 37 + randomBytes(2).readUInt16BE()) % 500;
      const { number } = makeCard(card.product.sku, { faceFen, state: 'reissued', serial });
      if (this.#cards.has(number)) continue;
      const fresh = this.#find(card.product.sku, number);
      if (!fresh) continue;
      fresh.balanceFen = card.balanceFen;
      if (card.expiresOn !== undefined) fresh.expiresOn = card.expiresOn;
      return fresh;
    }
  }

  #redeem(card: Card, { amountFen = '0' }: Request): Said {
    const amount = BigInt(amountFen);
    if (amount > card.balanceFen) return no('insufficient');
    this.#spend(card, amount);
    const redemptionId = id();
    this.#undo.set(redemptionId, {
      at: this.#now(),
      undo: () => {
        card.balanceFen += amount;
        card.state = 'active';
        return { ok: true, value: { undone: true } };
      },
    });
    return { ok: true, value: { redemptionId } };
  }

  #void(ofId: string): Said {
    const done = this.#undo.get(ofId);
    if (!done) return no('not_found');
    if (this.#now() - done.at > VOID_WINDOW_MS) return no('window_over');
    const said = done.undo();
    if (said.ok) this.#undo.delete(ofId);
    return said;
  }

  #drain(card: Card): void {
    card.drainsNext = false;
    this.#spend(card, card.balanceFen);
  }

  #spend(card: Card, amount: bigint): void {
    card.balanceFen -= amount;
    card.lastUse = { at: new Date(this.#now()).toISOString(), amountFen: String(amount) };
    if (card.balanceFen === 0n) card.state = 'redeemed';
  }

  #isHeld(card: Card): boolean {
    return card.state === 'held' || (card.hold !== undefined && card.hold.until > this.#now());
  }

  /**
   * What a person at the issuer's desk can do to a card: freeze, unfreeze, drain, or set its facts; and what anybody
   * who knows the number can do at a till: spend, as far as the card lets them.
   */
  control(
    sku: string,
    number: string,
    change: {
      action: string;
      balanceFen?: string;
      expiresOn?: string;
      amountFen?: string;
      soldAt?: string;
    },
  ): boolean {
    const card = this.#find(sku, number);
    if (!card) return false;
    if (change.action === 'spend') {
      const amount = BigInt(change.amountFen ?? '0');
      if (amount <= 0n || amount > card.balanceFen || this.#fault(card)) return false;
      this.#spend(card, amount);
      return true;
    }
    if (change.action === 'freeze') card.state = 'frozen';
    if (change.action === 'unfreeze') card.state = 'active';
    if (change.action === 'drain') this.#drain(card);
    if (change.balanceFen !== undefined) card.balanceFen = BigInt(change.balanceFen);
    if (change.expiresOn !== undefined) card.expiresOn = change.expiresOn;
    if (change.soldAt !== undefined) card.soldAt = change.soldAt;
    return true;
  }

  #find(sku: string, number: string): Card | undefined {
    const known = this.#cards.get(number);
    if (known) return known.product.sku === sku ? known : undefined;
    const made = cardOf(sku, number);
    const product = products.get(sku);
    if (!made || !product) return undefined;
    const card: Card = {
      product,
      number,
      pin: pinOf(product, number),
      state: 'active',
      balanceFen: BigInt(made.balanceFen),
      drainsNext: made.state === 'drained_later',
    };
    if (made.state === 'used') card.state = 'redeemed';
    if (made.state === 'expired')
      Object.assign(card, { state: 'expired', expiresOn: '2024-06-30' });
    if (made.state === 'frozen') card.state = 'frozen';
    if (made.state === 'inactive') card.state = 'inactive';
    if (made.state === 'held_elsewhere') card.state = 'held';
    if (made.state === 'name_bound') card.bound = true;
    if (made.state === 'extra_check' || made.state === 'receipt') card.needs = made.state;
    this.#cards.set(number, card);
    return card;
  }
}
