import type { Address } from './messages.ts';
import { aCard, cardsIn, DAY, hex, other, type Play, price, signed, user } from './scene.ts';
import { SIGNER, STATE } from './world.ts';

export const desk: Record<string, Play> = {
  setKyc: (scene) => {
    const { random, world, cast } = scene;
    const writes = cast.users
      .filter(() => random.chance(50))
      .map((account) => ({
        account,
        until: world.now + random.between(random.chance(12) ? 1n : 8n * DAY, 60n * DAY),
        tier: random.between(0n, 3n),
      }));
    return { from: cast.admin, fn: 'setKyc', args: [writes] };
  },
  setAccountFrozen: (scene) => {
    const { random, cast } = scene;
    return {
      from: cast.admin,
      fn: 'setAccountFrozen',
      args: [user(scene), random.chance(40), random.bytes32()],
    };
  },
  setSigner: ({ world, cast, random }) => {
    const verifier = random.chance(50);
    const kind = verifier ? SIGNER.VERIFIER : SIGNER.ISSUER;
    const until = world.now + random.between(5n * DAY, 90n * DAY);
    const entry = { kind, from: world.now, until, issuerClass: verifier ? 0n : 7n };
    return {
      from: cast.admin,
      fn: 'setSigner',
      args: [verifier ? cast.verifier : cast.issuer, entry],
    };
  },
  revokeSigner: ({ cast, random }) =>
    random.chance(30)
      ? { from: cast.admin, fn: 'revokeSigner', args: [random.pick([cast.verifier, cast.issuer])] }
      : undefined,
  fileCase: (scene) => {
    const card = aCard(scene, STATE.ACTIVE, STATE.FROZEN, STATE.AUCTION, STATE.SEALED, STATE.HELD);
    return (
      card && { from: scene.cast.admin, fn: 'fileCase', args: [card.id, scene.random.bytes32()] }
    );
  },
  setFrozenTokens: (scene) => {
    const filed = cardsIn(
      scene,
      STATE.ACTIVE,
      STATE.AUCTION,
      STATE.SEALED,
      STATE.HELD,
      STATE.FROZEN,
    );
    const card = scene.random.pick(filed.filter(({ id }) => scene.world.cases.has(id)));
    const frozen = card?.state !== STATE.FROZEN;
    return (
      card && { from: scene.cast.admin, fn: 'setFrozenTokens', args: [card.owner, card.id, frozen] }
    );
  },
  forcedTransfer: (scene) => {
    const filed = cardsIn(
      scene,
      STATE.ACTIVE,
      STATE.AUCTION,
      STATE.SEALED,
      STATE.HELD,
      STATE.FROZEN,
    );
    const card = scene.random.pick(filed.filter(({ id }) => scene.world.cases.has(id)));
    if (!card) return undefined;
    return {
      from: scene.cast.admin,
      fn: 'forcedTransfer',
      args: [card.owner, user(scene), card.id],
    };
  },
  setCharity: ({ cast, random }) => ({
    from: cast.admin,
    fn: 'setCharity',
    args: [random.pick([1n, 2n]), random.pick([cast.charity, cast.payee])],
  }),
  payCharity: ({ cast, random }) => ({
    from: cast.stranger,
    fn: 'payCharity',
    args: [random.pick([1n, 2n, 3n])],
  }),
  setFeePayee: ({ cast }) => ({ from: cast.admin, fn: 'setFeePayee', args: [cast.payee] }),
  sweepFees: ({ cast }) => ({ from: cast.stranger, fn: 'sweepFees', args: [] }),
  pause: ({ cast, random }) =>
    random.chance(25) ? { from: cast.admin, fn: 'pause', args: [] } : undefined,
  unpause: ({ cast }) => ({ from: cast.admin, fn: 'unpause', args: [] }),
  setBaseUri: ({ cast, random }) => ({
    from: cast.admin,
    fn: 'setBaseUri',
    args: [`https://card.example/${random.below(9)}/`],
  }),
  attestBalance: (scene) => {
    const card = aCard(scene, STATE.ACTIVE, STATE.HELD, STATE.FROZEN);
    if (!card) return undefined;
    const attest = { cardId: card.id, balance: price(scene), asOf: scene.world.now };
    const signature = signed(scene, scene.cast.verifier, 'BalanceAttest', attest);
    return { from: scene.cast.stranger, fn: 'attestBalance', args: [attest, signature] };
  },
};

export const token: Record<string, Play> = {
  approve: (scene) => {
    const card = aCard(scene, STATE.ACTIVE, STATE.FROZEN);
    return card && { from: card.owner, fn: 'approve', args: [user(scene), card.id] };
  },
  setApprovalForAll: (scene) => {
    const from = user(scene);
    return { from, fn: 'setApprovalForAll', args: [other(scene, from), scene.random.chance(60)] };
  },
  transferFrom: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const spender = scene.world.approvals.get(card.id)?.spender ?? card.owner;
    const from = scene.random.chance(50) ? card.owner : spender;
    return { from, fn: 'transferFrom', args: [card.owner, other(scene, card.owner), card.id] };
  },
  safeTransferFrom: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const { cast, random } = scene;
    const to =
      random.chance(60) && card.owner !== cast.puppet ? cast.puppet : other(scene, card.owner);
    const more = random.chance(50) ? [random.bytes32()] : [];
    return { from: card.owner, fn: 'safeTransferFrom', args: [card.owner, to, card.id, ...more] };
  },
  redeem: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    const id = scene.random.pick([hex(1n), hex(2n), hex(3n)]);
    return card && { from: scene.cast.stranger, fn: 'redeem', args: [id, card.id, '一杯茶'] };
  },
  cancel: (scene) => {
    const [list, ids = []] = scene.random.pick([...scene.world.redemptions]) ?? [];
    const [shop, cardId] = list?.split('/') ?? [];
    if (!shop || !cardId) return undefined;
    const id = scene.random.pick([...ids, hex(1n)]);
    return { from: shop as Address, fn: 'cancel', args: [id, BigInt(cardId), ''] };
  },
};

export const around: Record<string, Play> = {
  permitMoney: (scene) => {
    const v = scene.random.pick([27n, 27n, 28n]);
    const args = [user(scene), 2n ** 256n - 1n, 0n, v, hex(0n), hex(0n)];
    return { from: scene.cast.stranger, fn: 'permitMoney', args };
  },
  moneyApprove: (scene) => ({
    from:
      scene.random.pick(scene.cast.users.filter((who) => who !== scene.cast.puppet)) ?? user(scene),
    to: 'money',
    fn: 'approve',
    args: [
      scene.world.setting.exchange,
      scene.random.pick([2n ** 256n - 1n, scene.random.between(0n, 99_999n)]),
    ],
  }),
  give: (scene) => ({
    from: scene.cast.admin,
    to: 'money',
    fn: 'give',
    args: [user(scene), scene.random.between(1n, 500_000n)],
  }),
  setMood: ({ cast, random }) =>
    random.chance(40)
      ? { from: cast.admin, to: 'money', fn: 'setMood', args: [random.between(0n, 4n)] }
      : undefined,
  setRefuses: (scene) => ({
    from: scene.cast.admin,
    to: 'money',
    fn: 'setRefuses',
    args: [
      scene.random.pick([...scene.cast.users, scene.cast.charity, scene.cast.payee]),
      scene.random.chance(50),
    ],
  }),
  setManner: ({ cast, random }) => ({
    from: cast.admin,
    to: 'puppet',
    fn: 'setManner',
    args: [random.between(0n, 3n)],
  }),
  anchor: ({ cast, world, random }) => ({
    from: cast.anchorer,
    to: 'anchor',
    fn: 'anchor',
    args: [world.now, random.bytes32()],
  }),
};
