/** The functions of `IExchangeDesk`, and of the standards: ERC-721, 7943, 6672. */
import { zeroAddress } from 'viem';
import { unwind } from './extension.ts';
import type { Address, BalanceAttest, Bytes, Signature } from './messages.ts';
import {
  admitted,
  business,
  type Call,
  credit,
  fail,
  give,
  liveCard,
  needAdmin,
  needOutsider,
  needRegistered,
  needSender,
  pay,
  push,
  pushFromTreasury,
  RefusedCall,
  sellable,
} from './rules.ts';
import {
  accountOf,
  at,
  type Card,
  gifts,
  MANNER,
  moneyOf,
  SIGNER,
  type Signer,
  STATE,
} from './world.ts';

const PAUSE_TIME = 7n * 86_400n;
const CHARITIES_MAX = 64;
const isZero = (word: Bytes): boolean => BigInt(word) === 0n;

// ------------------------------------------------------------------ people

interface KycWrite {
  readonly account: Address;
  readonly until: bigint;
  readonly tier: bigint;
}
export function setKyc(call: Call, writes: readonly KycWrite[]): void {
  needAdmin(call);
  for (const { account } of writes) needOutsider(call, account);
  call.decide();
  for (const { account, until, tier } of writes) {
    const old = accountOf(call.world, account);
    call.world.accounts.set(account, { ...old, kycUntil: until, tier });
    call.emit('KycSet', { account, until, tier });
  }
}
export function setAccountFrozen(
  call: Call,
  account: Address,
  frozen: boolean,
  caseHash: Bytes,
): void {
  needAdmin(call);
  needOutsider(call, account);
  call.refuseIf(isZero(caseHash), 'CaseRequired', 0n);
  call.decide();
  call.world.accounts.set(account, { ...accountOf(call.world, account), frozen });
  call.emit('AccountFrozen', { account, frozen, caseHash });
}

// ------------------------------------------------------------------ cards by order

export function fileCase(call: Call, cardId: bigint, caseHash: Bytes): void {
  needAdmin(call);
  call.decide();
  if (isZero(caseHash)) call.world.cases.delete(cardId);
  else call.world.cases.set(cardId, caseHash);
  call.emit('CaseFiled', { cardId, caseHash });
}

function needCase(call: Call, card: Card, owner: Address): void {
  call.refuseIf(card.owner !== owner, 'ERC721IncorrectOwner', owner, card.id, card.owner);
  call.refuseIf(!call.world.cases.has(card.id), 'CaseRequired', card.id);
}
function actOnCase(call: Call, cardId: bigint, action: string): void {
  call.emit('CaseActed', { cardId, caseHash: call.world.cases.get(cardId), action });
  call.world.cases.delete(cardId);
}
const UNDER_WAY: readonly bigint[] = [STATE.AUCTION, STATE.SEALED, STATE.HELD];

export function setFrozenTokens(
  call: Call,
  account: Address,
  cardId: bigint,
  frozen: boolean,
): void {
  needAdmin(call);
  const card = liveCard(call, cardId);
  needCase(call, card, account);
  const from: readonly bigint[] = frozen ? [STATE.ACTIVE, ...UNDER_WAY] : [STATE.FROZEN];
  call.refuseIf(!from.includes(card.state), 'WrongState', cardId, card.state);
  call.decide();
  actOnCase(call, cardId, 'setFrozenTokens');
  const back = UNDER_WAY.includes(card.state) ? unwind(call, card) : undefined;
  card.nonce += 1n;
  card.state = frozen ? STATE.FROZEN : STATE.ACTIVE;
  call.emit('Frozen', { account, tokenId: cardId, frozenStatus: frozen });
  if (back) pay(call, back.payee, back.amount);
}

export function forcedTransfer(call: Call, from: Address, to: Address, cardId: bigint): void {
  needAdmin(call);
  const card = liveCard(call, cardId);
  needCase(call, card, from);
  call.refuseIf(!admitted(call, to, call.now), 'ERC7943CannotReceive', to);
  const { state } = card;
  call.refuseIf(state === STATE.FRACTION, 'WrongState', cardId, state);
  call.decide();
  actOnCase(call, cardId, 'forcedTransfer');
  if (state === STATE.FROZEN) {
    call.emit('Frozen', { account: from, tokenId: cardId, frozenStatus: false });
    card.nonce += 1n;
  }
  const back = UNDER_WAY.includes(state) ? unwind(call, card) : undefined;
  give(call, card, to, STATE.ACTIVE);
  call.emit('ForcedTransfer', { from, to, tokenId: cardId });
  if (back) pay(call, back.payee, back.amount);
}

export function attestBalance(call: Call, attest: BalanceAttest, signature: Signature): void {
  const { cardId, balance, asOf } = attest;
  const { by } = needRegistered(call, SIGNER.VERIFIER, 'BalanceAttest', attest, signature);
  call.refuseIf(asOf > call.now, 'NotStarted', asOf);
  liveCard(call, cardId);
  call.decide();
  call.emit('BalanceAttested', { cardId, verifier: by, balance, asOf });
  call.emit('MetadataUpdate', { _tokenId: cardId });
}

/** The double of the money takes a permit with v = 27. A bad permit is no failure. */
export function permitMoney(
  call: Call,
  owner: Address,
  value: bigint,
  _deadline: bigint,
  v: bigint,
): void {
  if (v === 27n) call.world.money.allowances.set(owner, value);
}

// ------------------------------------------------------------------ keys, money, pause

export function setSigner(call: Call, signer: Address, entry: Signer): void {
  needAdmin(call);
  call.refuseIf(signer === zeroAddress, 'ZeroAddress');
  call.refuseIf(entry.kind === SIGNER.NONE || entry.from >= entry.until, 'WindowInvalid');
  call.decide();
  call.world.signers.set(signer, { ...entry });
  call.emit('SignerSet', { signer, ...entry });
}
export function revokeSigner(call: Call, signer: Address): void {
  needAdmin(call);
  call.decide();
  call.world.signers.delete(signer);
  call.emit('SignerRevoked', { signer });
}
export function setCharity(call: Call, charityId: bigint, payee: Address): void {
  needAdmin(call);
  needOutsider(call, payee);
  const former = call.world.charities.get(charityId);
  call.refuseIf(!former && call.world.charities.size >= CHARITIES_MAX, 'BadTerms');
  call.decide();
  call.world.charities.set(charityId, { payee, credit: 0n });
  call.emit('CharitySet', { charityId, payee });
  if (former) payOut(call, charityId, former);
}
export function payCharity(call: Call, charityId: bigint): void {
  const charity = call.world.charities.get(charityId);
  if (!charity) return;
  call.world.charities.set(charityId, { ...charity, credit: 0n });
  payOut(call, charityId, charity);
}
function payOut(
  call: Call,
  charityId: bigint,
  { payee, credit: amount }: { payee: Address; credit: bigint },
): void {
  if (amount === 0n) return;
  call.emit('CharityPaid', { charityId, payee, amount });
  flush(call);
  if (pushFromTreasury(call, payee, amount)) return;
  const { exchange } = call.world.setting;
  const before = moneyOf(call.world, exchange);
  if (!pushFromTreasury(call, exchange, amount)) fail('MoneyFailed');
  const got = moneyOf(call.world, exchange) - before;
  if (got < amount) fail('Insolvent', got, amount);
  credit(call, payee, amount);
}
/** What sales paid out of the exchange owe to the treasury goes there. */
function flush(call: Call): void {
  if (!push(call, call.world.setting.treasury, call.world.owed)) fail('MoneyFailed');
  call.world.owed = 0n;
}
export function setFeePayee(call: Call, payee: Address): void {
  needAdmin(call);
  needOutsider(call, payee);
  call.decide();
  call.world.feePayee = payee;
  call.emit('FeePayeeSet', { payee });
}
export function sweepFees(call: Call): void {
  const { feePayee: payee, setting } = call.world;
  call.refuseIf(payee === zeroAddress, 'ZeroAddress');
  call.decide();
  flush(call);
  const given = gifts(call.world);
  const held = moneyOf(call.world, setting.treasury);
  // Money that takes a cut has eaten of the gifts.
  if (held < given) fail('Insolvent', held, given);
  const amount = held - given;
  call.emit('FeesSwept', { payee, amount });
  if (!pushFromTreasury(call, payee, amount)) fail('MoneyFailed');
}
export function pause(call: Call): void {
  needAdmin(call);
  const coolUntil = call.world.pausedUntil + PAUSE_TIME;
  call.refuseIf(call.now < coolUntil, 'PauseCoolingDown', coolUntil);
  call.decide();
  setPausedUntil(call, call.now + PAUSE_TIME);
}
export function unpause(call: Call): void {
  needAdmin(call);
  call.decide();
  if (call.now < call.world.pausedUntil) setPausedUntil(call, call.now);
}
function setPausedUntil(call: Call, until: bigint): void {
  call.world.pausedUntil = until;
  call.emit('PausedUntil', { until });
}
export function setBaseUri(call: Call, uri: string): void {
  needAdmin(call);
  call.decide();
  call.world.baseUri = uri;
  call.emit('BaseUriSet', { uri });
  call.emit('BatchMetadataUpdate', { _fromTokenId: 0n, _toTokenId: 2n ** 256n - 1n });
}

// ------------------------------------------------------------------ ERC-721

export function approve(call: Call, spender: Address, cardId: bigint): void {
  const { owner, nonce } = liveCard(call, cardId);
  const may = owner === call.sender || call.world.operators.has(at(owner, call.sender));
  call.refuseIf(!may, 'ERC721InvalidApprover', call.sender);
  call.decide();
  call.world.approvals.set(cardId, { spender, nonce });
  call.emit('Approval', { owner, approved: spender, tokenId: cardId });
}
export function approvedOf(call: Call, { id, nonce }: Card): Address {
  const approval = call.world.approvals.get(id);
  return approval?.nonce === nonce ? approval.spender : zeroAddress;
}
export function setApprovalForAll(call: Call, operator: Address, approved: boolean): void {
  call.refuseIf(operator === zeroAddress, 'ERC721InvalidOperator', operator);
  call.decide();
  const pair = at(call.sender, operator);
  if (approved) call.world.operators.add(pair);
  else call.world.operators.delete(pair);
  call.emit('ApprovalForAll', { owner: call.sender, operator, approved });
}
export function transferFrom(call: Call, from: Address, to: Address, cardId: bigint): void {
  business(call, 'TRANSFER');
  const card = liveCard(call, cardId);
  const { owner, state } = card;
  call.refuseIf(owner !== from, 'ERC721IncorrectOwner', from, cardId, owner);
  const may =
    call.sender === from ||
    call.world.operators.has(at(from, call.sender)) ||
    approvedOf(call, card) === call.sender;
  call.refuseIf(!may, 'ERC721InsufficientApproval', call.sender, cardId);
  if (state === STATE.FROZEN)
    call.refuseIf(true, 'ERC7943InsufficientUnfrozenBalance', from, cardId);
  else call.refuseIf(state !== STATE.ACTIVE, 'ERC7943CannotTransfer', from, to, cardId);
  call.refuseIf(!admitted(call, to, call.now), 'ERC7943CannotReceive', to);
  needSender(call, from);
  call.decide();
  give(call, card, to, STATE.ACTIVE);
}
export function safeTransferFrom(call: Call, from: Address, to: Address, cardId: bigint): void {
  transferFrom(call, from, to, cardId);
  const { puppets, exchange } = call.world.setting;
  if (to === exchange) fail('ERC721InvalidReceiver', to);
  if (!puppets.has(to)) return;
  const manner = call.world.manners.get(to) ?? MANNER.KIND;
  if (manner === MANNER.RUDE) fail('ERC721InvalidReceiver', to);
  if (manner === MANNER.BREAKING) fail('Broken');
  if (manner === MANNER.NOSY) fail('Reentered');
}

// ------------------------------------------------------------------ ERC-6672

export function redeem(call: Call, redemptionId: Bytes, cardId: bigint, memo: string): void {
  const list = at(call.sender, cardId);
  const ids = call.world.redemptions.get(list) ?? [];
  call.refuseIf(ids.includes(redemptionId), 'RedemptionExists');
  const card = sellable(call, cardId);
  call.decide();
  call.world.redemptions.set(list, [...ids, redemptionId]);
  const [_operator, redeemer] = [call.sender, card.owner];
  const names = { _operator, _tokenId: cardId, redeemer, _redemptionId: redemptionId };
  call.emit('Redeem', { ...names, _memo: memo });
}
export function cancel(call: Call, redemptionId: Bytes, cardId: bigint, memo: string): void {
  const list = at(call.sender, cardId);
  const ids = call.world.redemptions.get(list) ?? [];
  call.stopIf(!ids.includes(redemptionId), 'NoSuchRedemption');
  if (ids.length === 0) throw new RefusedCall(call.reasons);
  const left = ids.filter((id) => id !== redemptionId);
  call.world.redemptions.set(list, left);
  const names = { _operator: call.sender, _tokenId: cardId, _redemptionId: redemptionId };
  call.emit('Cancel', { ...names, _memo: memo });
}
