/** Words of signing in by a wallet; fetched with its sheet only. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const walletSignInTexts = defineTexts({
  say: {
    zh: '用已绑定的钱包签名登录您的实名账户，不动用资金。',
    en: 'A wallet that you have bound signs you in to your account. No money moves.',
  },
  demo: { zh: '演示钱包 {address}', en: 'Demo wallet {address}' },
  none: { zh: '这个浏览器里没有找到钱包', en: 'No wallet found in this browser' },
  noneSay: {
    zh: '请打开钱包插件后重试，或用手机号登录，再到“链上交易 → 钱包”绑定一个。',
    en: 'Open your wallet’s extension and try again, or sign in by phone and bind one under Exchange → Wallet.',
  },
  signs: {
    zh: '您将签署这段文字，只用于登录：',
    en: 'You sign this text, to sign in and nothing else:',
  },
  sign: { zh: '签名并登录', en: 'Sign and continue' },
  another: { zh: '换一个钱包', en: 'Another wallet' },
  byPhone: { zh: '用手机号登录', en: 'Sign in by phone' },
  silent: { zh: '钱包没有完成签名', en: 'The wallet did not sign' },
  silentSay: {
    zh: '请解锁钱包后再试一次，或用手机号登录。',
    en: 'Unlock the wallet and try again, or sign in by phone.',
  },
});

export const useWalletSignInWords = textsHook('wallet-sign-in', walletSignInTexts);
