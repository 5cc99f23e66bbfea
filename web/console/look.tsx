/** antd in the colours, type and shapes of the house; hides how its tokens are fed from ours. */
import { App, ConfigProvider, type ThemeConfig, theme } from 'antd';
import * as english from 'antd/es/locale/en_US.js';
import * as chinese from 'antd/es/locale/zh_CN.js';
import type { ReactNode } from 'react';
import { useLanguage } from '../kit/language.tsx';
import { usePalette, useTheme } from '../kit/theme.tsx';

type Locale = NonNullable<Parameters<typeof ConfigProvider>[0]['locale']>;

/** antd ships its locales as CommonJS to types and as ES modules to bundlers; this takes both. */
function localeOf(module: unknown): Locale {
  let value = module;
  while (typeof value === 'object' && value !== null && 'default' in value) value = value.default;
  return value as Locale;
}
const locales = { zh: localeOf(chinese), en: localeOf(english) };

export function Look({ children }: { children: ReactNode }): ReactNode {
  const language = useLanguage();
  const dark = useTheme() === 'dark';
  const colour = usePalette();
  return (
    <ConfigProvider
      locale={locales[language]}
      theme={themeOf(colour, dark)}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <App message={{ maxCount: 3 }} notification={{ maxCount: 4, placement: 'topRight' }}>
        {children}
      </App>
    </ConfigProvider>
  );
}

function themeOf(colour: (name: string) => string, dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      // A tool that people use all day does not make them wait for movement.
      motion: false,
      colorPrimary: colour('jade'),
      colorTextLightSolid: colour('on-jade'),
      colorLink: colour('jade'),
      colorLinkHover: colour('jade-strong'),
      colorPrimaryHover: colour('jade-strong'),
      colorPrimaryActive: colour('jade-strong'),
      colorError: colour('seal'),
      // antd's own hover is too pale for white letters.
      colorErrorHover: colour('seal'),
      colorErrorActive: colour('seal'),
      colorWarning: colour('amber'),
      colorSuccess: colour('jade'),
      colorInfo: colour('jade'),
      colorErrorBg: colour('seal-soft'),
      colorErrorBorder: colour('seal'),
      colorWarningBg: colour('amber-soft'),
      colorWarningBorder: colour('amber'),
      colorSuccessBg: colour('jade-soft'),
      colorSuccessBorder: colour('jade'),
      colorInfoBg: colour('jade-soft'),
      colorInfoBorder: colour('jade'),
      colorText: colour('ink'),
      colorTextSecondary: colour('ink-2'),
      colorTextTertiary: colour('ink-3'),
      colorTextDescription: colour('ink-2'),
      colorTextPlaceholder: colour('ink-3'),
      colorBgBase: colour('surface'),
      colorBgLayout: colour('paper'),
      colorBgContainer: colour('surface'),
      colorBgElevated: colour('surface'),
      colorBorder: colour('line-strong'),
      colorBorderSecondary: colour('line'),
      colorSplit: colour('line'),
      borderRadius: 8,
      controlHeight: 36,
      fontSize: 14,
      fontFamily: 'inherit',
      fontFamilyCode: 'var(--font-mono)',
    },
    components: {
      Table: {
        headerBg: colour('surface-2'),
        headerColor: colour('ink-2'),
        cellPaddingBlockMD: 10,
      },
      Button: { primaryShadow: 'none', dangerShadow: 'none', defaultShadow: 'none' },
    },
  };
}
