/** Who is signed in and what their roles let them see. */
import type { Me, Role } from './api-types.ts';
import { useAsk } from './ask.ts';

/** The signed-in member of staff; screens below the gate always have one. */
export function useMe(): Me | undefined {
  return useAsk('GET /v1/me', {}).data;
}

/** True when one of my roles is among these. */
export function useMay(roles: readonly Role[]): boolean {
  const me = useMe();
  return me?.roles.some((role) => roles.includes(role)) ?? false;
}
