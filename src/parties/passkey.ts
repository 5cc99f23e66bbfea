/** Passkeys (WebAuthn): ceremonies of registering and of proving. Hides the challenges and the library. */
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransportFuture,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { type Config, newId, plus, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { CEREMONY_MS } from './domain.ts';
import type { PasskeyCreatedBody, PasskeyUsedBody } from './schema.ts';
import {
  type CeremonyKind,
  deletePasskey,
  insertCeremony,
  insertPasskey,
  lockPasskey,
  type Passkey,
  passkeysOf,
  savePasskeyUse,
  takeCeremony,
} from './store-factors.ts';

/** Browsers bind a passkey to a domain, never to an address, so without PUBLIC_URL the site is localhost. */
export function siteOf(config: Config): { rpId: string; origin: string } {
  if (config.PUBLIC_URL === '')
    return { rpId: 'localhost', origin: `http://localhost:${config.PORT}` };
  const { hostname, origin } = new URL(config.PUBLIC_URL);
  return { rpId: hostname, origin };
}

interface Ceremony {
  config: Config;
  at: Date;
}

/** What the browser needs to make a passkey. The user handle is the bare id: nothing personal leaves for it. */
export async function startRegistration(
  tx: Tx,
  {
    config,
    at,
    userId,
    sessionId,
    label,
  }: Ceremony & {
    userId: string;
    sessionId: string;
    label: string;
  },
) {
  const known = await passkeysOf(tx, userId);
  const options = await generateRegistrationOptions({
    rpName: '回券 Huiquan',
    rpID: siteOf(config).rpId,
    userID: new Uint8Array(Buffer.from(userId)),
    userName: label,
    userDisplayName: label,
    timeout: CEREMONY_MS,
    attestationType: 'none',
    excludeCredentials: known.map(credentialOf),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const { challenge } = options;
  return {
    ceremonyId: await remember(tx, { kind: 'register', sessionId, challenge, at }),
    options,
  };
}

/** Refuses passkey_refused for anything the library or the challenge does not accept. */
export async function finishRegistration(
  tx: Tx,
  {
    config,
    at,
    userId,
    challenge,
    body,
  }: Ceremony & { userId: string; challenge: string; body: PasskeyCreatedBody },
): Promise<Passkey> {
  const { rpId, origin } = siteOf(config);
  const { registrationInfo } = await verifyRegistrationResponse({
    response: body.response as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  }).catch(refuse);
  if (!registrationInfo) throw new Refused('passkey_refused');
  const { credential, credentialBackedUp } = registrationInfo;
  const passkey: Passkey = {
    id: newId(at),
    personId: userId,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    signCount: BigInt(credential.counter),
    transports: body.response.response.transports ?? [],
    name: body.name,
    createdAt: at,
    usedAt: null,
  };
  if (!(await insertPasskey(tx, { ...passkey, backedUp: credentialBackedUp })))
    throw new Refused('passkey_known');
  const data = { passkeyId: passkey.id };
  await append(tx, { subject: userId, type: 'factor.passkey_added', data, at });
  return passkey;
}

/**
 * What the browser needs to use a passkey. To sign in no credential is named: the answer is the same for everybody
 * and tells nobody who has an account.
 */
export async function startProof(
  tx: Tx,
  { config, at, as }: Ceremony & { as: { userId: string; sessionId: string } | undefined },
) {
  const allowed = as ? await passkeysOf(tx, as.userId) : [];
  const options = await generateAuthenticationOptions({
    rpID: siteOf(config).rpId,
    timeout: CEREMONY_MS,
    userVerification: 'required',
    ...(as && { allowCredentials: allowed.map(credentialOf) }),
  });
  const { challenge } = options;
  const kind = as ? 'step_up' : 'sign_in';
  const sessionId = as?.sessionId;
  return { ceremonyId: await remember(tx, { kind, sessionId, challenge, at }), options };
}

/** Takes the challenge at once, outside the transaction of the proof: a failed proof spends it too. */
export async function takeChallenge(
  reader: Reader,
  input: { ceremonyId: string; kind: CeremonyKind; sessionId: string | undefined; at: Date },
): Promise<string> {
  const { ceremonyId: id, kind, sessionId, at } = input;
  const challenge = await takeCeremony(reader, { id, kind, sessionId, at });
  if (challenge === undefined) throw new Refused('passkey_refused');
  return challenge;
}

/** Whose passkey signed the challenge, with the person verified on the device. */
export async function proveByPasskey(
  tx: Tx,
  { config, at, challenge, body }: Ceremony & { challenge: string; body: PasskeyUsedBody },
): Promise<string> {
  const passkey = await lockPasskey(tx, body.response.id);
  if (!passkey) throw new Refused('passkey_refused');
  const { rpId, origin } = siteOf(config);
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: body.response as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.signCount),
      transports: passkey.transports as AuthenticatorTransportFuture[],
    },
  }).catch(refuse);
  if (!verified) throw new Refused('passkey_refused');
  const signCount = BigInt(authenticationInfo.newCounter);
  await savePasskeyUse(tx, { id: passkey.id, signCount, at });
  return passkey.personId;
}

export async function removePasskey(
  tx: Tx,
  { userId, passkeyId, at }: { userId: string; passkeyId: string; at: Date },
): Promise<void> {
  if (!(await deletePasskey(tx, { id: passkeyId, personId: userId })))
    throw new Refused('not_found');
  await append(tx, { subject: userId, type: 'factor.passkey_removed', data: { passkeyId }, at });
}

async function remember(
  tx: Tx,
  input: { kind: CeremonyKind; sessionId: string | undefined; challenge: string; at: Date },
): Promise<string> {
  const id = newId(input.at);
  await insertCeremony(tx, { id, ...input, expiresAt: plus(input.at, CEREMONY_MS) });
  return id;
}

const credentialOf = ({ credentialId, transports }: Passkey) => ({
  id: credentialId,
  transports: transports as AuthenticatorTransportFuture[],
});

/** The library throws on malformed and on wrong proofs alike; neither is a bug of ours. */
const refuse = (): never => {
  throw new Refused('passkey_refused');
};
