/** What each jurisdiction profile allows: one flag word for contract, routes and pages, and what a profile demands. */
import { type Config, ConfigError, chinaDay } from '#platform';

export type Profile = Config['PROFILE'];

/** In the order of the bits of `Features` in contracts/src/lib. */
export const FEATURES = [
  'mint',
  'transfer',
  'sale',
  'bid',
  'swap',
  'dutch',
  'english',
  'sealed',
  'reissue',
  'deliver',
  'fractions',
] as const;
export type Feature = (typeof FEATURES)[number];

const ON: Readonly<Record<Profile, readonly Feature[]>> = {
  // 银发〔2026〕42号: no tradable token onshore. Attestation, notice and bank proof are evidence, not tokens.
  CN: [],
  SANDBOX: FEATURES.filter((one) => one !== 'transfer'),
  INTL: FEATURES,
};

export const featuresOf = (profile: Profile): readonly Feature[] => ON[profile];
export const hasFeature = (profile: Profile, feature: Feature): boolean =>
  ON[profile].includes(feature);

/** The flag word with which the contract of this profile is deployed, and no other. */
export const flagsOf = (profile: Profile): bigint =>
  ON[profile].reduce((word, one) => word | (1n << BigInt(FEATURES.indexOf(one))), 0n);

/** A sandbox is a permission with a number and an end; without both, or after it, the house does not open. */
export function requireProfile(config: Config, at: Date): Profile {
  const { PROFILE: profile, SANDBOX_APPROVAL: approval, SANDBOX_UNTIL: until } = config;
  if (profile !== 'SANDBOX') return profile;
  if (approval === '' || until === '')
    throw new ConfigError(
      'profile SANDBOX needs the number and the last day of its approval: --sandbox-approval, --sandbox-until',
    );
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until)))
    throw new ConfigError('HUIQUAN_SANDBOX_UNTIL is a day, YYYY-MM-DD');
  if (chinaDay(at) > until)
    throw new ConfigError(`the sandbox approval ${approval} ended on ${until}`);
  return profile;
}
