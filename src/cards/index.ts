/** Face of cards: the catalogue, the vault, what the issuer says, and the promises a card carries. */
export {
  type Catalogue,
  findProduct,
  issuersWith,
  listProducts,
  type Product,
  productView,
  publishCatalogue,
  readCatalogue,
} from './catalogue.ts';
export { ASK_AGAIN_MS, ASKS_MAX, gradeWithin, type Validity } from './domain.ts';
export type { IssuerAdapter, Issuers } from './issuer/adapter.ts';
export { issuerEventRoutes } from './issuer/event-routes.ts';
export { type GatewayOptions, issuerGateway } from './issuer/gateway.ts';
export { heldUntil, LOCK_TTL_MS } from './issuer/hold.ts';
export { holdOn } from './issuer/hold-on.ts';
export {
  canReissue,
  chainKeyOf,
  openReissue,
  type ReissueTold,
  reissueCard,
  settleReissue,
  takeOver,
} from './issuer/reissue.ts';
export {
  healthOf,
  type Probe,
  probesOf,
  soldAtOf,
  type Verification,
} from './issuer/store.ts';
export { type ParsedCard, parseCard } from './number.ts';
export { lastUseSeen, type ProbeInput, type ProbeResult, probeCard } from './probe.ts';
export { approveReveal, openReveal, requestReveal } from './reveal/reveal.ts';
export { wasOpened as secretSeen } from './reveal/store.ts';
export { type CardsRoutesDeps, cardsRoutes } from './routes.ts';
export * from './schema.ts';
export { refuseStopped } from './stop/gate.ts';
export { cardNotice } from './stop/life.ts';
export { noticeClock } from './stop/notice.ts';
export { type NoticeRoutesDeps, noticeRoutes } from './stop/routes.ts';
export { crimeCards, isNamed, stoppedAmong } from './stop/store.ts';
export { type CardActs, type CardTold, TOLD_CODES } from './stop/told.ts';
export { cardsTasks } from './tasks.ts';
export {
  BULK_MAX,
  type BulkCard,
  handOverCards,
  openManyRecorded,
  recordOpenings,
  returnCards,
  sealCards,
} from './vault/bulk.ts';
export { openedBy } from './vault/bulk-store.ts';
export type { CardSecret } from './vault/envelope.ts';
export {
  cardOf,
  checkFaceOffered,
  deriveFromSecret,
  disencumber,
  encumber,
  returnCard,
  rewrapSecrets,
  sealCard,
  setCustody,
  shredCard,
} from './vault/keep.ts';
export { type Opening, openRecorded, recordOpening } from './vault/open.ts';
export {
  type Card,
  type Custody,
  countIssuers,
  countKeysUnder,
  type EncumbranceKind,
  findOpening,
  listPrints as printsOf,
} from './vault/store.ts';
export {
  type IssuerDeps,
  releaseAtIssuer,
  unlockAtIssuer,
  type VerifyInput,
  verifyCard,
} from './verify.ts';
