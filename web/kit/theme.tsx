/** Light, dark or as the system says; hides where the choice is kept and how antd-mobile hears of it. */
import { useMemo, useSyncExternalStore } from 'react';
import { Icon } from './icons.tsx';
import { useKitTexts } from './language.tsx';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const KEY = 'hq-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let choice: ThemeChoice = read();

function read(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = themeNow();
  dataset['prefersColorScheme'] = themeNow();
  for (const tell of listeners) tell();
}

system.addEventListener('change', apply);
const watch = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

export const themeNow = (): Theme =>
  choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
export const useTheme = (): Theme => useSyncExternalStore(watch, themeNow);
export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(watch, () => choice);

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is switched off: the choice lasts for this page.
  }
  apply();
}

/** The tokens as plain colours, for what cannot read CSS variables: ECharts and antd's theme. */
export function usePalette(): (name: string) => string {
  const theme = useTheme();
  return useMemo(() => {
    // Depends on the theme: the computed style is read again after each change.
    const style = theme && getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue(`--${name}`).trim();
  }, [theme]);
}

export function ThemeSwitch(): React.ReactNode {
  const theme = useTheme();
  const t = useKitTexts();
  return (
    <button
      type="button"
      className="hq-icon-button"
      aria-label={theme === 'dark' ? t('toLight') : t('toDark')}
      data-testid="theme-switch"
      onClick={() => chooseTheme(theme === 'dark' ? 'light' : 'dark')}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  );
}
