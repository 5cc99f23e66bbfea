/** Words of deliveries by the seller: what is bid, what is sealed, what a wrong delivery brings. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const deliveryTexts = defineTexts({
  title: { zh: '亲自交付的交易', en: 'Deliveries by sellers' },
  way: { zh: '由卖方亲自交付卡密', en: 'Have the seller deliver the secret' },
  waySay: {
    zh: '卖方把卡密加密后直接交给您；交付错误，卖方的押金（价款加一成）归您。',
    en: 'The seller encrypts the secret for you alone; for a wrong one you get the seller’s bond: the price and a tenth.',
  },
  roleBuyer: { zh: '我买入', en: 'I buy' },
  roleSeller: { zh: '我卖出', en: 'I sell' },
  state_offered: { zh: '已出价，等卖方交付', en: 'Bid, waiting for the seller' },
  state_delivered: { zh: '已交付，验收期内', en: 'Delivered, may be checked' },
  state_releasing: { zh: '验收期已过，退还押金中', en: 'Window over, bond being freed' },
  state_closed: { zh: '已完成', en: 'Closed' },
  state_refunded: { zh: '错误交付，已赔付', en: 'Wrong delivery, paid back' },
  state_void: { zh: '已失效', en: 'Void' },
  state_lapsed: { zh: '卖方未交付，已过期', en: 'Not delivered, lapsed' },

  price: { zh: '出价', en: 'Bid' },
  fee: { zh: '平台手续费', en: 'House fee' },
  bond: { zh: '卖方押金', en: 'Seller’s bond' },
  until: { zh: '验收截止', en: 'Check until' },
  deadline: { zh: '出价有效至', en: 'Bid good until' },

  step1: { zh: '第一步：生成本单密钥', en: 'Step 1: make the key of this sale' },
  step1Say: {
    zh: '只有它能打开卡密。它留在这个浏览器里，请同时下载一份保存；丢了密钥，就打不开卡密，也无法证明交付错误。',
    en: 'Only it opens the secret. It stays in this browser; download a copy too. Without it you can neither open the secret nor prove that it was wrong.',
  },
  make: { zh: '生成密钥', en: 'Make the key' },
  made: { zh: '密钥已生成', en: 'The key is made' },
  download: { zh: '下载密钥', en: 'Download the key' },
  step2: { zh: '第二步：签名出价', en: 'Step 2: sign the bid' },
  step2Say: {
    zh: '签两次：授权扣款、出价。卖方交付之前，钱一直在您的钱包里；24 小时内没有交付，出价自动过期。出价在此期间不能单独撤回。',
    en: 'Two signatures: the permit and the bid. Until the seller delivers the money stays in your wallet; undelivered for 24 hours, the bid lapses. It cannot be taken back alone before.',
  },
  bid: { zh: '签名出价', en: 'Sign the bid' },

  waiting: {
    zh: '钱还在您的钱包里。卖方交付时，付款、过户、收到密文在同一笔交易里完成。',
    en: 'The money is still in your wallet. When the seller delivers, payment, card and ciphertext move in one transaction.',
  },
  lapsedSay: { zh: '没有扣款。', en: 'No money was taken.' },
  keyMissing: {
    zh: '这个浏览器里没有本单密钥。请打开您下载的密钥文件，把内容粘贴到这里。',
    en: 'The key of this sale is not in this browser. Open the file you downloaded and paste what it says.',
  },
  keyField: { zh: '本单密钥', en: 'Key of this sale' },
  keyEnter: { zh: '使用这把密钥', en: 'Use this key' },
  keyOther: { zh: '这不是本单的密钥', en: 'This is not the key of this sale' },
  right: { zh: '卡密正确', en: 'The secret is right' },
  rightSay: {
    zh: '与平台向发卡方验过的卡密一致。要使用这张卡，请到“我的资产”里这张卡的页面销毁凭证，解除发卡方的锁定。',
    en: 'It is the one that was checked with the issuer. To spend the card, burn its token under “My cards”, which frees it at its issuer.',
  },
  number: { zh: '卡号', en: 'Card number' },
  pin: { zh: '密码', en: 'PIN' },
  noPin: { zh: '无', en: 'None' },
  toCard: { zh: '查看我的卡', en: 'See my card' },
  wrong: { zh: '交付错误', en: 'Wrong delivery' },
  wrongSay: {
    zh: '卖方交付的内容与验过的卡密不一致。您可以向合约证明：公开本单密钥，合约自己解密比对，然后把卖方的押金赔给您，并冻结这张卡。',
    en: 'What the seller sent is not the secret that was checked. Prove it: your key of this sale is opened, the contract decrypts and compares, pays you the seller’s bond, and freezes the card.',
  },
  youGet: { zh: '您将收到', en: 'You get' },
  prove: { zh: '证明并取回款项', en: 'Prove it and get the money' },
  proving: { zh: '正在证明…', en: 'Being proven…' },
  refundedBuyer: {
    zh: '合约已确认交付错误。价款和一成赔偿已到您的钱包，这张卡已冻结。',
    en: 'The contract found the delivery wrong. The price and a tenth are in your wallet; the card is frozen.',
  },
  refundedSeller: {
    zh: '买方证明了交付错误。您的押金已赔给买方，这张卡已冻结。',
    en: 'The buyer proved that the delivery was wrong. Your bond went to the buyer; the card is frozen.',
  },

  sealTitle: { zh: '交付卡密', en: 'Deliver the secret' },
  sealSay: {
    zh: '输入您上链时的卡号和密码。它们只在这个页面里加密，不会发给平台。钱包里要有押金；三天内买方没有证明错误，押金就退还给您。',
    en: 'Type number and PIN as you brought them. They are encrypted on this page and not sent to the platform. Your wallet needs the bond, which is freed after three days unless the buyer proves an error.',
  },
  sealDo: { zh: '加密并交付', en: 'Encrypt and deliver' },
  sealing: { zh: '正在交付…', en: 'Being delivered…' },
  sealOther: {
    zh: '与上链时验过的卡密不一致，没有交付。交付错误会赔掉押金。',
    en: 'This is not the secret that was checked; nothing was delivered. A wrong delivery costs the bond.',
  },
  sentSeller: {
    zh: '已交付，货款已到账。押金锁定到验收截止。',
    en: 'Delivered, and you are paid. The bond is locked until the buyer’s time to check is over.',
  },
  closedSeller: {
    zh: '押金已解锁，可以取回钱包。',
    en: 'The bond is free: take it back to your wallet.',
  },
  reclaim: { zh: '取回押金', en: 'Take the bond back' },
  reclaiming: { zh: '正在取回…', en: 'Being taken back…' },
});

export const useDeliveryWords = textsHook('delivery', deliveryTexts);
export type DeliveryWord = keyof typeof deliveryTexts;
