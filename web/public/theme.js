// Sets theme and language before the first paint, so that nothing flashes. A file, since the page allows no inline script.
(() => {
  let theme = 'system';
  let language = null;
  try {
    theme = localStorage.getItem('hq-theme') ?? theme;
    language = localStorage.getItem('hq-language');
  } catch {
    // Storage is switched off: the system decides.
  }
  const dark =
    theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  const { documentElement: root } = document;
  root.dataset.theme = dark ? 'dark' : 'light';
  root.dataset.prefersColorScheme = root.dataset.theme;
  root.lang = (language ?? navigator.language).startsWith('en') ? 'en' : 'zh-CN';
})();
