/** Two languages, typed to the key and to each {hole}: a missing text or parameter does not compile. */
import { createInstance } from 'i18next';
import { useCallback, useSyncExternalStore } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { kitTexts } from './texts.ts';
import type { Entry, Language, Say, Texts } from './words.ts';

export { defineTexts, type Entry, type Language, type Say, type Texts } from './words.ts';

const KEY = 'hq-language';
const i18n = createInstance();
void i18n.use(initReactI18next).init({
  lng: document.documentElement.lang.startsWith('en') ? 'en' : 'zh',
  fallbackLng: 'zh',
  resources: {},
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  react: { useSuspense: false },
});

/** Makes the hook that says the texts of one app. */
export function textsHook<T extends Texts>(namespace: string, texts: T): () => Say<T> {
  for (const language of ['zh', 'en'] as const) {
    const bundle = Object.fromEntries(
      Object.entries(texts).map(([key, entry]) => [key, entry[language]]),
    );
    i18n.addResourceBundle(language, namespace, bundle);
  }
  return () => {
    const { t } = useTranslation(namespace, { i18n });
    return useCallback((key, ...fill) => t(key, { ...fill[0] }), [t]);
  };
}

export const useKitTexts = textsHook('kit', kitTexts);

const watch = (changed: () => void): (() => void) => {
  i18n.on('languageChanged', changed);
  return () => i18n.off('languageChanged', changed);
};
export const languageNow = (): Language => (i18n.language === 'en' ? 'en' : 'zh');
export const useLanguage = (): Language => useSyncExternalStore(watch, languageNow);

export function chooseLanguage(language: Language): void {
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage is switched off: the choice lasts for this page.
  }
  void i18n.changeLanguage(language);
}

/** Picks the language of a text that came from the server as {zh, en}. */
export function usePick(): (entry: Entry) => string {
  const language = useLanguage();
  return useCallback((entry) => entry[language], [language]);
}

export function LanguageSwitch(): React.ReactNode {
  const language = useLanguage();
  const t = useKitTexts();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <button
      type="button"
      className="hq-icon-button"
      lang={other === 'en' ? 'en' : 'zh-CN'}
      aria-label={other === 'en' ? 'Switch to English' : '切换到中文'}
      title={t('language')}
      data-testid="language-switch"
      onClick={() => chooseLanguage(other)}
    >
      {other === 'en' ? 'EN' : '中'}
    </button>
  );
}
