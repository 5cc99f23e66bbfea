/** The browser's passkey dialogues as JSON in and JSON out; hides binary encodings and what older browsers lack. */

export const passkeysWork = (): boolean =>
  'PublicKeyCredential' in window &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function';

/** What the server takes of a credential; browsers add fields of their own to `toJSON`, which it would refuse. */
interface CredentialJson {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment?: string | null;
  clientExtensionResults: Record<string, never>;
}
export interface CreatedPasskey extends CredentialJson {
  response: { clientDataJSON: string; attestationObject: string; transports?: string[] };
}
export interface UsedPasskey extends CredentialJson {
  response: {
    clientDataJSON: string;
    authenticatorData: string;
    signature: string;
    userHandle?: string | null;
  };
}

/** Undefined when the person closed the dialogue. */
export async function createPasskey(options: unknown): Promise<CreatedPasskey | undefined> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await asked(() => navigator.credentials.create({ publicKey }));
  if (!made) return undefined;
  const { response } = made.toJSON() as RegistrationResponseJSON;
  return {
    ...common(made),
    response: {
      clientDataJSON: response.clientDataJSON,
      attestationObject: response.attestationObject,
      transports: response.transports,
    },
  };
}

/** Undefined when the person closed the dialogue. */
export async function presentPasskey(options: unknown): Promise<UsedPasskey | undefined> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  const used = await asked(() => navigator.credentials.get({ publicKey }));
  if (!used) return undefined;
  const { response } = used.toJSON() as AuthenticationResponseJSON;
  return {
    ...common(used),
    response: {
      clientDataJSON: response.clientDataJSON,
      authenticatorData: response.authenticatorData,
      signature: response.signature,
      ...(response.userHandle !== undefined && { userHandle: response.userHandle }),
    },
  };
}

function common(credential: PublicKeyCredential): CredentialJson {
  const { id, rawId } = credential.toJSON() as RegistrationResponseJSON;
  return { id, rawId, type: 'public-key', clientExtensionResults: {} };
}

async function asked(
  dialogue: () => Promise<Credential | null>,
): Promise<PublicKeyCredential | undefined> {
  try {
    return ((await dialogue()) as PublicKeyCredential | null) ?? undefined;
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
